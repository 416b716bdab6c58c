"""Names of customers, vendors, employees, classes and locations, by Id."""

from __future__ import annotations

from ..books.books import NAME_TYPES, Books

#: Word of summarize_column_by to the entity it speaks of.
ENTITIES = {
    "Customers": "Customer",
    "Vendors": "Vendor",
    "Employees": "Employee",
    "Classes": "Class",
    "Departments": "Department",
    "ProductsAndServices": "Item",
}


class Names:
    def __init__(self, books: Books) -> None:
        self._books = books
        self._kinds: dict[int, str] = {}
        self._titles: dict[tuple[str, int], str] = {}

    def kind(self, number: int) -> str:
        """Customer, Vendor or Employee: one Id never stands for two of them (§9.5)."""
        if number not in self._kinds:
            found = next((each for each in NAME_TYPES if self._books.find(each, number)), "")
            self._kinds[number] = found
        return self._kinds[number]

    def party(self, number: int | None) -> str:
        return self.of(self.kind(number), number) if number is not None else ""

    def of(self, entity: str, number: int | None) -> str:
        if number is None or not entity:
            return ""
        key = (entity, number)
        if key not in self._titles:
            record = self._books.find(*key)
            self._titles[key] = record.title if record else ""
        return self._titles[key]

    def mark(self, by: str, marks: tuple[int, ...]) -> int | None:
        """The first of the Ids that is of the kind in question; for postings that name two."""
        entity = ENTITIES.get(by, "")
        if entity in NAME_TYPES:
            return next((mark for mark in marks if self.kind(mark) == entity), None)
        return next(iter(marks), None) if entity else None

    def title(self, by: str, mark: int | None) -> str:
        return self.of(ENTITIES.get(by, ""), mark) or "Not Specified"
