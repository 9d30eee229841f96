"""Paragraphs that were broken for the journey (RFC 3676), put together again."""

SIGNATURE = "-- "


def unflow(text: str, *, drops_space: bool = False) -> str:
    """``text`` of format=flowed with its soft line breaks undone.

    ``drops_space`` is the parameter DelSp: the blank before a soft break was added too, as scripts without blanks need.
    Lines are joined within one depth of quoting only, and the signature's separator never.
    """
    lines: list[str] = []
    paragraph: list[str] = []
    depth = 0
    for line in text.split("\n"):
        own, content = _taken_apart(line)
        if (paragraph and own != depth) or content == SIGNATURE:
            _end(paragraph, depth, lines)
        depth = own
        is_soft = content.endswith(" ") and content != SIGNATURE
        paragraph.append(content[:-1] if is_soft and drops_space else content)
        if not is_soft:
            _end(paragraph, depth, lines)
    _end(paragraph, depth, lines)
    return "\n".join(lines)


def _taken_apart(line: str) -> tuple[int, str]:
    """A line's depth of quoting, and its content without the blank that protects it (section 4.4)."""
    content = line.lstrip(">")
    return len(line) - len(content), content.removeprefix(" ")


def _end(paragraph: list[str], depth: int, lines: list[str]) -> None:
    if paragraph:
        content = "".join(paragraph)
        lines.append(f"{'>' * depth} {content}" if depth else content)
        paragraph.clear()
