"""Tables in which some things stand twice, written differently, and the pairs of rows that are the same; and tables in which none do."""

import random
from collections.abc import Callable
from itertools import combinations
from typing import NamedTuple

import pandas as pd
import pyarrow as pa

from steps.arrow import TEXT

Row = dict[str, str | None]
FIRST = [
    "james", "mary", "john", "linda", "david", "susan", "anna", "maria", "peter", "paul", "laura", "emma", "liam", "hannah", "jonas",
    "lena", "marco", "giulia", "pierre", "claire",
]  # fmt: skip
LAST = [
    "smith", "jones", "garcia", "miller", "davis", "lopez", "wilson", "moore", "lee", "white", "clark", "lewis", "walker", "hall",
    "young", "king", "wright", "torres", "weber", "meyer",
]  # fmt: skip
WORDS = [
    "global", "united", "pacific", "northern", "digital", "green", "silver", "alpine", "delta", "nova", "prime", "vertex", "quantum",
    "atlas", "orion", "falcon", "crown", "solar",
]  # fmt: skip
PLACES = [
    "springfield", "franklin", "bristol", "clinton", "salem", "madison", "ashland", "burlington", "oxford", "newport", "milton", "dayton",
]  # fmt: skip
KINDS = [
    "american", "french", "italian", "chinese", "japanese", "mexican", "thai", "seafood", "pizza", "coffee",
]  # fmt: skip
TOPICS = [
    "learning", "neural", "bayesian", "inference", "mining", "queries", "optimization", "parallel", "genetic", "planning", "logic",
    "trees", "kernel", "vision", "search",
]  # fmt: skip
VENUES = [
    ("proceedings of the conference on machine learning", "icml"), ("journal of intelligence research", "jair"),
    ("very large data", "vldb"),
]  # fmt: skip
ENDINGS = ["inc", "ltd", "llc", "gmbh", "corp"]


class Made(NamedTuple):
    """A table, and the pairs of row positions that are the same."""

    table: pd.DataFrame
    same: set[tuple[int, int]]


def slip(text: str, chance: random.Random) -> str:
    """The text with a letter more, less, another one, or two swapped."""
    if len(text) < 2:
        return text
    at = chance.randrange(len(text) - 1)
    letter = chance.choice("0123456789" if text[at].isdigit() else "abcdefghijklmnopqrstuvwxyz")
    return chance.choice(
        [text[:at] + text[at + 1 :], text[:at] + letter + text[at:], text[:at] + text[at + 1] + text[at] + text[at + 2 :]]
    )


def made(rows: list[Row], things: list[int]) -> Made:
    """The table of the rows, each with the number of its thing."""
    together: dict[int, list[int]] = {}
    for at, thing in enumerate(things):
        together.setdefault(thing, []).append(at)
    same = {pair for at in together.values() for pair in combinations(at, 2)}
    index = pd.RangeIndex(2, len(rows) + 2)
    columns = {n: pd.Series(pa.array([row[n] for row in rows], pa.large_string()), dtype=TEXT, index=index) for n in rows[0]}
    return Made(pd.DataFrame(columns, index=index), same)


def twice(
    original: Callable[[random.Random], Row], again: Callable[[Row, random.Random], Row], share: float, most: int = 1
) -> Callable[[int, int], Made]:
    """Makes tables of originals of which a share stands there again, up to so many times, in any order."""

    def make(seed: int, size: int) -> Made:
        chance = random.Random(seed)
        listed: list[tuple[Row, int]] = []
        for thing in range(size):
            row = original(chance)
            listed.append((row, thing))
            if chance.random() < share:
                listed += [(again(dict(row), chance), thing) for _ in range(chance.randint(1, most))]
        chance.shuffle(listed)
        return made([row for row, _ in listed], [thing for _, thing in listed])

    return make


def restaurant(chance: random.Random) -> Row:
    article, noun = chance.choice(["the ", "", "la ", "cafe "]), chance.choice(["", " grill", " bistro", " restaurant"])
    name = f"{article}{chance.choice(WORDS + LAST)}{noun}"
    side, kind = chance.choice(["s. ", "n. ", ""]), chance.choice(["st.", "ave.", "blvd."])
    street = f"{chance.randint(1, 9999)} {side}{chance.choice(PLACES)} {kind}"
    phone = f"{chance.choice([310, 213, 404])}/{chance.randint(200, 999)}-{chance.randint(1000, 9999)}"
    return {"name": name, "addr": street, "city": chance.choice(PLACES[:8]), "phone": phone, "type": chance.choice(KINDS)}


def other_guide(row: Row, chance: random.Random) -> Row:
    phone, street, name = str(row["phone"]), str(row["addr"]), str(row["name"])
    street = street.replace("blvd.", "boulevard").replace("ave.", "avenue") if chance.random() < 0.5 else street
    street += f" between {chance.choice(PLACES)} and {chance.choice(PLACES)} sts." if chance.random() < 0.3 else ""
    name = name.removeprefix("the ").removesuffix(" restaurant") if chance.random() < 0.4 else name
    kind = chance.choice(KINDS) if chance.random() < 0.5 else row["type"]
    name = slip(name, chance) if chance.random() < 0.1 else name
    return {**row, "name": name, "addr": street, "phone": phone.replace("/", "-"), "type": kind}


def citation(chance: random.Random) -> Row:
    authors = [(chance.choice(FIRST), chance.choice(LAST)) for _ in range(chance.randint(1, 4))]
    first = chance.randint(1, 600)
    return {
        "authors": ", ".join(f"{f[0]}. {x}" for f, x in authors), "title": " ".join(chance.sample(TOPICS, chance.randint(4, 7))),
        "venue": chance.choice(VENUES)[0], "year": str(chance.randint(1985, 1999)), "pages": f"{first}-{first + chance.randint(5, 25)}",
    }  # fmt: skip


def other_bibliography(row: Row, chance: random.Random) -> Row:
    authors, title, venue = str(row["authors"]), str(row["title"]), str(row["venue"])
    if chance.random() < 0.4:
        authors = " and ".join(" ".join(reversed(one.split(" "))) for one in authors.split(", "))
    if chance.random() < 0.5:
        venue = chance.choice([dict(VENUES)[venue], f"in {venue}"])
    title = slip(title, chance) if chance.random() < 0.3 else title
    return {
        **row, "authors": authors, "title": title, "venue": venue, "pages": None if chance.random() < 0.25 else row["pages"],
        "year": None if chance.random() < 0.2 else row["year"],
    }  # fmt: skip


def company(chance: random.Random) -> Row:
    words = chance.sample(WORDS, chance.randint(1, 3))
    phone = f"+1 {chance.randint(200, 999)} {chance.randint(200, 999)} {chance.randint(1000, 9999)}"
    return {
        "company": " ".join([*words, chance.choice(ENDINGS)]).title(), "city": chance.choice(PLACES).title(),
        "zip": str(chance.randint(10_000, 99_999)), "phone": phone, "website": f"www.{''.join(words[:2])}.com",
        "employees": str(chance.randint(1, 5000)),
    }  # fmt: skip


def other_list(row: Row, chance: random.Random) -> Row:
    name, ending = str(row["company"]).rsplit(" ", 1)
    name += chance.choice(["", f" {ending.upper()}.", f", {ending}"])
    name = slip(name, chance) if chance.random() < 0.3 else name
    return {
        **row, "company": name.upper() if chance.random() < 0.2 else name,
        "zip": slip(str(row["zip"]), chance) if chance.random() < 0.15 else row["zip"],
        "phone": None if chance.random() < 0.3 else str(row["phone"]).replace(" ", "-"),
        "website": None if chance.random() < 0.4 else row["website"],
        "employees": str(chance.randint(1, 5000)) if chance.random() < 0.3 else row["employees"],
    }  # fmt: skip


def product(chance: random.Random) -> Row:
    model = f"{chance.choice('abcxyz')}{chance.choice('kmnp')}{chance.randint(10, 9999)}".upper()
    kind = chance.choice(["camera", "printer", "monitor", "speaker"])
    words = [chance.choice(WORDS), model, chance.choice(["black", "white", "silver"]), kind]
    extra = chance.choice(["", "with case", "kit", "wireless"])
    return {"title": " ".join([*words, extra]).strip(), "price": f"{chance.randint(20, 2000)}.{chance.choice(['99', '49'])}", "group": kind}


def other_shop(row: Row, chance: random.Random) -> Row:
    words = str(row["title"]).split(" ")
    if chance.random() < 0.5:
        words.remove(chance.choice(words[2:]))
    words += [chance.choice(["new", "2008", "digital"])] if chance.random() < 0.3 else []
    price = None if chance.random() < 0.2 else f"{float(str(row['price'])) * chance.uniform(0.9, 1.1):.2f}"
    return {**row, "title": " ".join(words), "price": price}


def families(seed: int, size: int, share: float = 0.15) -> Made:
    """People who live together, of whom some stand there twice with two mistakes."""
    chance = random.Random(seed)
    rows: list[Row] = []
    things: list[int] = []
    while len(set(things)) < size:
        home: Row = {
            "last_name": chance.choice(LAST), "address": f"{chance.randint(1, 200)} {chance.choice(PLACES)} street",
            "city": chance.choice(PLACES), "phone": str(chance.randint(200_000_000, 999_999_999)),
        }  # fmt: skip
        for name in chance.sample(FIRST, chance.choice([1, 1, 2, 3, 4])):
            born = f"{chance.randint(1940, 2010)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
            email = f"{name}.{home['last_name']}@{chance.choice(['mail', 'web'])}.com"
            person: Row = {"first_name": name, **home, "birth_date": born, "email": email}
            thing = len(set(things))
            rows.append(person)
            things.append(thing)
            if chance.random() < share:
                again = dict(person)
                for column in chance.sample(list(again), 2):
                    again[column] = slip(str(again[column]), chance) if chance.random() < 0.7 else None
                if chance.random() < 0.2:
                    again["first_name"], again["last_name"] = again["last_name"], again["first_name"]
                rows.append(again)
                things.append(thing)
    return made(rows, things)


def orders(seed: int, size: int) -> Made:
    """Orders, of which each stands there once."""
    chance = random.Random(seed)
    rows: list[Row] = [
        {
            "order": str(10_000 + n), "date": f"2024-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
            "customer": f"{chance.choice(FIRST)} {chance.choice(LAST)}", "product": chance.choice(WORDS),
            "quantity": str(chance.randint(1, 9)), "status": chance.choice(["paid", "open"]),
        }
        for n in range(size)
    ]  # fmt: skip
    return made(rows, list(range(size)))


TABLES: dict[str, Callable[[int, int], Made]] = {
    "restaurants of two guides": twice(restaurant, other_guide, 0.16),
    "citations": twice(citation, other_bibliography, 0.8, 4),
    "companies": twice(company, other_list, 0.2, 2),
    "products of two shops": twice(product, other_shop, 0.4),
    "people and their families": families,
    "people, none twice": lambda seed, size: families(seed, size, 0.0),
    "orders, none twice": orders,
}
