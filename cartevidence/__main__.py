"""`python -m cartevidence`"""

from cartevidence.cli import main

if __name__ == "__main__":
    main()
