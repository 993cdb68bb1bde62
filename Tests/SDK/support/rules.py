"""Rules of retention."""

from huaweicloudsdkswr.v2 import Rule, TagSelector


def newest(number: int | str, *exempt: TagSelector) -> Rule:
    """Keeps so many tags that were pushed last."""
    return Rule(template="tag_rule", params={"num": str(number)}, tag_selectors=list(exempt))


def days(number: int | str, *exempt: TagSelector) -> Rule:
    """Keeps the tags of so many days."""
    return Rule(template="date_rule", params={"days": str(number)}, tag_selectors=list(exempt))


def label(tag: str) -> TagSelector:
    return TagSelector(kind="label", pattern=tag)


def regexp(pattern: str) -> TagSelector:
    return TagSelector(kind="regexp", pattern=pattern)
