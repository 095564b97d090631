"""A unit of work on the records, as a value: it runs when it is awaited, alone or together with others."""

from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, overload

from sqlalchemy import Connection

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")


class Runs(Protocol):
    """Does work in one transaction."""

    def __call__(self, work: "Work[T]", /) -> Awaitable[T]: ...


@dataclass(frozen=True)
class Work(Generic[T]):
    """Awaited, it is done in a transaction of its own; awaited again, it is done again.

    `do` runs on a thread of the database's: it uses its connection and what it was given, nothing else.
    """

    run: Runs
    do: Callable[[Connection], T]
    writes: bool

    def __await__(self) -> Generator[Any, None, T]:
        return self.run(self).__await__()


@overload
def together(first: Work[A], second: Work[B], /) -> Work[tuple[A, B]]: ...
@overload
def together(first: Work[A], second: Work[B], third: Work[C], /) -> Work[tuple[A, B, C]]: ...
@overload
def together(
    first: Work[A], second: Work[B], third: Work[C], fourth: Work[D], /
) -> Work[tuple[A, B, C, D]]: ...
@overload
def together(first: Work[T], /, *rest: Work[T]) -> Work[tuple[T, ...]]: ...
def together(first: Work[Any], /, *rest: Work[Any]) -> Work[Any]:
    """Join work on one database into one transaction: done in this order, and all of it or nothing.

    Reads that are joined see one state of the database. What is joined may be joined again.
    """
    parts = (first, *rest)
    return Work(
        first.run, lambda tx: tuple(part.do(tx) for part in parts), writes=any(part.writes for part in parts)
    )
