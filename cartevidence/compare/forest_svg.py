"""Making matplotlib's SVG fit to stand in a page: ids of its own, a title and description, nothing from outside."""

from __future__ import annotations

import hashlib
import re

from lxml import etree

SVG = "http://www.w3.org/2000/svg"
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
LINK = re.compile(r"url\(#([^)]+)\)")


def finish(drawn: bytes, title: str, description: str) -> str:
    """The drawing as one `svg` element.

    Every id begins with a digest of the drawing and its description, so that two plots do not meet on a page.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True
    )
    root = etree.fromstring(drawn, parser)
    prefix = "f" + hashlib.sha256(drawn + title.encode() + description.encode()).hexdigest()[:10]
    for outside in [*root.iter(f"{{{SVG}}}metadata"), *root.iter(f"{{{SVG}}}style")]:
        parent = outside.getparent()
        if parent is not None:
            parent.remove(outside)
    # What matplotlib says in a style for all elements, which would reach the whole page around.
    root.set("stroke-linejoin", "round")
    root.set("stroke-linecap", "butt")
    for element in root.iter():
        for name, value in element.attrib.items():
            text = str(value)
            if name == "id":
                element.set(name, f"{prefix}-{text}")
            elif name == XLINK_HREF:
                element.set(name, f"#{prefix}-{text.removeprefix('#')}")
            elif "url(#" in text:
                element.set(name, LINK.sub(rf"url(#{prefix}-\1)", text))
    root.set("role", "img")
    root.set("aria-labelledby", f"{prefix}-title {prefix}-desc")
    for place, (tag, text) in enumerate((("title", title), ("desc", description))):
        told = etree.Element(f"{{{SVG}}}{tag}", id=f"{prefix}-{tag}")
        told.text = text
        root.insert(place, told)
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="unicode")
