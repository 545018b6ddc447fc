"""What must never be, and was seen."""


class Violation(Exception):
    """Something that must hold did not. The text says what; it is the same for the same defect, so
    that a schedule can be made shorter without turning into another one."""

    def __init__(self, what: str, detail: str = "") -> None:
        super().__init__(f"{what}: {detail}" if detail else what)
        self.what = what
