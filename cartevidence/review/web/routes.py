"""Which address is which page."""

from __future__ import annotations

from cartevidence.review.web import assign_page, compare_page, pages, signing_in, study_pages
from cartevidence.review.web.site import Site
from cartevidence.review.web.visits import Routed, act, page

STUDY = r"/study/(?P<pmid>[1-9][0-9]{0,8})"


def of(site: Site) -> list[tuple[str, Routed]]:
    """The desk's pages, and what is posted to them."""
    acts = {
        "accept": study_pages.accept,
        "correct": study_pages.correct,
        "reject": study_pages.reject,
        "add": study_pages.add,
        "undo": study_pages.undo,
        "accept-all": study_pages.accept_all,
        "finish": study_pages.finish,
        "check": study_pages.check,
        "suggest": study_pages.suggest,
    }
    return [
        (r"/$", page(site, pages.queue)),
        (r"/compare$", page(site, compare_page.compare)),
        (r"/agreement$", page(site, pages.agreement)),
        (r"/rules$", page(site, pages.rules)),
        (r"/assign$", page(site, assign_page.assign, form=True)),
        (r"/sign-in$", signing_in.sign_in(site)),
        (r"/sign-out$", signing_in.sign_out(site)),
        (r"/token$", page(site, signing_in.token)),
        (f"{STUDY}$", page(site, study_pages.study)),
        (f"{STUDY}/history$", page(site, study_pages.history)),
        *((f"{STUDY}/{name}$", act(site, view)) for name, view in acts.items()),
    ]
