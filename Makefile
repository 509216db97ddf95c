# The names people try first; each is ./go with the same word.
.PHONY: test gold accuracy check
test gold accuracy check:
	./go $@
