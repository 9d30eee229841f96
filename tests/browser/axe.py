"""What axe-core finds on a page, in words that say where to look."""

from collections.abc import Iterator
from typing import Any, Final

from playwright.sync_api import Page

TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


def violations(page: Page, axe_source: str) -> Iterator[str]:
    """One line for each element that breaks a rule of WCAG 2.2 A or AA."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe_source)
    # Django's own sheets fade from one colour to the next; half way, nothing has enough contrast. Without "preload", which
    # copies imported style sheets into the page: our content security policy forbids that.
    found: list[dict[str, Any]] = page.evaluate(
        """async runOnly => {
            document.getAnimations().forEach(animation => animation.finish());
            return (await axe.run({ runOnly, preload: false, resultTypes: ['violations'] })).violations;
        }""",
        {"type": "tag", "values": list(TAGS)},
    )
    for rule in found:
        for node in rule["nodes"]:
            summary = " ".join(node["failureSummary"].split())
            yield f"{rule['id']}: {node['target']} {node['html'][:200]}\n      {summary[:300]}"


def sideways(page: Page) -> Iterator[str]:
    """One line if the page is wider than the window, naming what is too wide for its place (WCAG 1.4.10)."""
    found: dict[str, Any] = page.evaluate(
        """() => {
            const overflows = element => {
                const { display, overflowX } = getComputedStyle(element);
                return element.scrollWidth > element.clientWidth && overflowX === 'visible' && display !== 'inline';
            };
            const root = document.documentElement;
            const wide = [...document.body.querySelectorAll('*')].filter(overflows);
            const innermost = wide.filter(element => !wide.some(other => other !== element && element.contains(other)));
            return {
                room: root.clientWidth,
                width: root.scrollWidth,
                because: innermost.slice(0, 3).map(element => element.outerHTML.slice(0, 120)),
            };
        }"""
    )
    if found["width"] > found["room"]:
        yield f"scrolls sideways, {found['width']} px in {found['room']} px: {found['because']}"


def cut_off(page: Page) -> Iterator[str]:
    """One line for each control of which a part is hidden by the box around it, and cannot be scrolled to."""
    found: list[str] = page.evaluate(
        """() => {
            const clips = element => ['hidden', 'clip'].includes(getComputedStyle(element).overflowX);
            const isCut = control => {
                const box = control.getBoundingClientRect();
                for (let around = control.parentElement; around && around !== document.body; around = around.parentElement) {
                    const edge = around.getBoundingClientRect();
                    if (clips(around) && (box.right > edge.right + 2 || box.left < edge.left - 2)) {
                        return true;
                    }
                }
                return false;
            };
            const controls = document.querySelectorAll('input:not([type=hidden]), select, textarea, button');
            return [...controls].filter(it => it.checkVisibility() && isCut(it)).map(it => it.outerHTML.slice(0, 120));
        }"""
    )
    for control in found:
        yield f"cut off: {control}"
