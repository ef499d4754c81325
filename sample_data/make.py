"""Makes the sample files and their list, the same bytes each time: ``python -m sample_data.make``."""

import random
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import xlsxwriter

from sample_data.troubles import BOOKS, FILES, RESULTS

HERE = Path(__file__).resolve().parent
COLUMNS = [
    "order_id",
    "customer",
    "email",
    "phone",
    "city",
    "product",
    "quantity",
    "unit_price",
    "amount",
    "ordered",
    "shipped",
    "status",
    "tracking",
    "note",
]
LAST = 301  # the last order's row; the total is on the next
BLANK = '""'  # empty, but quoted: a blank text, where nothing at all between the commas is a missing value

# Nobody's numbers: each country keeps these for films.
PEOPLE = [
    ("Jürgen Müller", "Berlin", "+49 30 23125 101"),
    ("Chen Wei", "London", "+44 20 7946 0018"),
    ("Ana Silva", "Lisbon", "+351 21 555 0142"),
    ("Bob Stone", "London", "+44 20 7946 0455"),
    ("Élodie Martin", "Paris", "+33 1 99 00 12 40"),
    ("Dora Maar", "Paris", "+33 1 99 00 55 02"),
    ("Eli Roth", "Berlin", "+49 30 23125 317"),
    ("Giulia Bianchi", "Milan", "+39 02 5550 0133"),
    ("Noah O'Brien", "Dublin", "+353 20 911 0042"),
    ("Sofía Núñez", "Madrid", "+34 91 555 0177"),
    ("Lars Åkesson", "Malmö", "+46 40 628 0355"),
    ("Mia Schäfer", "München", "+49 89 23125 622"),
    ("Tom Baker", "York", "+44 1632 960 114"),
    ("Ines Costa", "Porto", "+351 22 555 0108"),
    ("Paweł Nowak", "Kraków", "+48 12 555 0161"),
    ("Hannah Weiß", "Hamburg", "+49 40 66969 204"),
    ("Omar Haddad", "Lyon", "+33 4 65 71 33 08"),
    ("Zoë van Dijk", "Utrecht", "+31 30 555 0119"),
    ("Katja Novak", "Vienna", "+43 1 555 0126"),
    ("James Hill", "Leeds", "+44 113 496 0222"),
    ("Marta Kovács", "Budapest", "+36 1 555 0184"),
    ("Niamh Byrne", "Cork", "+353 20 911 0733"),
    ("Luca Rossi", "Turin", "+39 011 555 0150"),
    ("Freja Holm", "Aarhus", "+45 70 55 01 12"),
]
PRODUCTS = [
    ("Teapot, 1 l", "34.90"),
    ("Espresso cups, set of 4", "28.00"),
    ("Green tea 250 g", "9.80"),
    ("Darjeeling 100 g", "12.50"),
    ("Milk jug", "14.20"),
    ("Tea towel", "7.50"),
    ("Sugar bowl", "11.90"),
    ("Cast-iron kettle", "86.50"),
    ("Filter papers", "3.40"),
    ("Gift box", "49.90"),
    ("Honey 500 g", "8.75"),
    ("Serving tray", "39.00"),
]
NOTES = ["Gift wrap, please", "Second order this month", "Paid in the shop", "Customer asked for an invoice", "Deliver after 17:00"]

# What is put in on purpose. Row: the number a spreadsheet shows; the header is row 1.
SPOILED: dict[str, list[tuple[int, str, str]]] = {
    "spaces at the ends or doubled": [
        (4, "city", " Berlin"),
        (9, "customer", "Chen  Wei"),
        (17, "city", "London "),
        (31, "customer", " Ana Silva"),
        (58, "product", "Green  tea 250 g"),
        (144, "city", "Paris  "),
        (222, "status", "paid "),
    ],
    "a no-break space, which looks like a space": [
        (23, "customer", "Bob\u00a0Stone"),
        (76, "city", "Milan\u00a0"),
        (190, "customer", "Eli\u00a0Roth"),
    ],
    "letters in another case": [
        (12, "city", "berlin"),
        (40, "city", "LONDON"),
        (88, "city", "pARIS"),
        (133, "city", "lisbon"),
        (210, "city", "MADRID"),
        (14, "status", "PAID"),
        (52, "status", "Paid"),
        (97, "status", "PAID"),
        (164, "status", "Refunded"),
    ],
    'a word for "no value"': [
        (19, "status", "n/a"),
        (27, "city", "-"),
        (66, "city", "unknown"),
        (81, "phone", "N/A"),
        (136, "city", "n/a"),
        (203, "email", "none"),
        (262, "status", "?"),
    ],
    'a blank text (""), where other cells are missing': [(33, "note", BLANK), (34, "note", BLANK), (181, "note", BLANK)],
    "a number with a currency or with thousands": [
        (11, "amount", "€86.50"),
        (44, "amount", "€1,197.60"),
        (63, "amount", "1,038.00"),
        (101, "amount", "EUR 49.90"),
        (160, "amount", "99.80 €"),
        (247, "amount", "1,170.00"),
    ],
    "text in a column of numbers": [(72, "amount", "tbc"), (205, "amount", "see note")],
    "an amount below zero in parentheses": [(83, "amount", "(28.00)"), (199, "amount", "(86.50)")],
    "a quantity far from the rest (1200, where the amount is that of 12)": [(142, "quantity", "1200")],
    "a quantity that is missing": [(n, "quantity", "") for n in (29, 77, 124, 168, 240, 281)],
    "an amount that is missing": [(n, "amount", "") for n in (29, 155)],
    "a day that does not exist": [(178, "ordered", "31/02/2025")],
    "shipped before it was ordered": [(219, "shipped", "2024-01-05")],
    "the same customer, written otherwise (Jürgen Müller)": [
        (7, "customer", "Jürgen Müller"),
        (37, "customer", "Jurgen Muller"),
        (92, "customer", "JÜRGEN MÜLLER"),
        (128, "customer", "Müller, Jürgen"),
        (174, "customer", "Jürgen Mueller"),
        (233, "customer", "jürgen müller"),
    ],
    "letters read in the wrong encoding (München)": [(55, "city", "MÃ¼nchen")],
    "an invisible sign (zero-width space)": [(61, "email", "eli.roth\u200b@example.org")],
    "curly quotes": [(110, "note", "Card says “Happy birthday”")],
    "an e-mail address that cannot be one": [(113, "email", "ana.silva@example,org"), (259, "email", "tom.baker(at)example.org")],
    "a line break inside a cell": [(39, "note", "Leave at the door\nRing twice")],
    "text that a spreadsheet would take for a formula": [
        (94, "note", "=1+1"),
        (150, "note", "-10% agreed"),
        (230, "note", "@warehouse: fragile"),
    ],
    "a word longer than any other": [(270, "note", "Donaudampfschifffahrtsgesellschaftskapitänsmützenkarton")],
}
# So that a spoiled cell belongs to its row: who ordered (position in PEOPLE), what (in PRODUCTS), how many, and what became of it.
WHO = {
    **dict.fromkeys((4, 7, 37, 92, 128, 174, 233), 0),
    **dict.fromkeys((9, 40), 1),
    **dict.fromkeys((31, 113, 133), 2),
    **dict.fromkeys((17, 23), 3),
    144: 4,
    88: 5,
    **dict.fromkeys((12, 61, 190), 6),
    76: 7,
    210: 9,
    55: 11,
    259: 12,
}
WHAT = {58: 2, 142: 3, 83: 1, **dict.fromkeys((11, 63, 199), 7), **dict.fromkeys((44, 101, 160), 9), 247: 11}
HOW_MANY = {11: 1, 44: 24, 63: 12, 83: 1, 101: 1, 142: 12, 160: 2, 199: 1, 247: 30}
STATUS = {**dict.fromkeys((14, 52, 97, 142, 219, 222), "paid"), **dict.fromkeys((83, 164, 199), "refunded")}
COPIES = {46: 45, 121: 118, 251: 90}  # row: the row it repeats, cell for cell
EXTRA_CELL, EMPTY_LINE = 171, 187
WHOLE = {
    "order numbers begin with zeros": "all of order_id",
    "telephone numbers begin with +": "all of phone",
    "numbers of 20 digits, more than a spreadsheet can hold": "all of tracking",
}


def orders() -> list[list[str]]:
    """The lines of the demo file without its header: one list of cells each, as they will be written."""
    chance = random.Random(20250329)
    table = {row: order(row, chance) for row in range(2, LAST + 1)}
    for spoiled in SPOILED.values():
        for row, column, value in spoiled:
            table[row][column] = value
    for row, of in COPIES.items():
        table[row] = dict(table[of])
    table[EXTRA_CELL]["note"] = "Leave with neighbour"
    lines = [list(table[row].values()) for row in table]
    lines[EXTRA_CELL - 2].append("flat 3")  # a comma someone forgot to quote
    lines[EMPTY_LINE - 2] = []
    total = sum((plain(cells[8]) for cells in lines if cells), Decimal(0))
    return [*lines, ["Total", *[""] * 7, str(total), *[""] * 5]]


def order(row: int, chance: random.Random) -> dict[str, str]:
    """One clean order; every seventh was entered by hand and has its date as day/month/year."""
    customer, city, phone = PEOPLE[WHO.get(row, chance.randrange(len(PEOPLE)))]
    product, price = PRODUCTS[WHAT.get(row, chance.randrange(len(PRODUCTS)))]
    quantity = HOW_MANY.get(row, chance.choice([1, 1, 1, 2, 2, 3, 4, 6]))
    ordered = date(2025, 1, 2) + timedelta(days=(row - 2) * 88 // (LAST - 2))
    status = STATUS.get(row, chance.choice(["paid"] * 7 + ["open"] * 2 + ["refunded"]))
    shipped = "" if status == "open" else (ordered + timedelta(days=chance.randint(1, 4))).isoformat()
    number = chance.randrange(10**9)
    return {
        "order_id": f"{1041 + row:07d}",
        "customer": customer,
        "email": f"{mailbox(customer)}@example.org",
        "phone": phone,
        "city": city,
        "product": product,
        "quantity": str(quantity),
        "unit_price": price,
        "amount": str(quantity * Decimal(price)),
        "ordered": ordered.strftime("%d/%m/%Y") if row % 7 == 3 else ordered.isoformat(),
        "shipped": shipped,
        "status": status,
        "tracking": f"0034012345{number:010d}" if shipped else "",
        "note": chance.choice(NOTES) if chance.random() < 0.25 else "",
    }


def mailbox(customer: str) -> str:
    """The part of an address before the @: letters without their accents."""
    letters = unicodedata.normalize("NFKD", customer.lower().replace("ß", "ss").replace("ł", "l"))
    return "".join(sign for sign in letters.replace(" ", ".") if sign.isascii() and (sign.isalpha() or sign == "."))


def plain(amount: str) -> Decimal:
    """What a person reads in an amount; 0 for what is no number."""
    digits = "".join(sign for sign in amount if sign in "0123456789.")
    value = Decimal(digits) if digits else Decimal(0)
    return -value if amount.startswith("(") else value


def csv_line(cells: list[str]) -> str:
    """One line, quoted only where it must be (and where a blank is meant)."""
    return ",".join(cell if cell == BLANK or not set(cell) & set(',"\n') else '"' + cell.replace('"', '""') + '"' for cell in cells) + "\n"


def demo_csv() -> bytes:
    """The demo file: UTF-8, commas."""
    return "".join(csv_line(cells) for cells in [COLUMNS, *orders()]).encode()


def demo_xlsx(path: Path) -> None:
    """The same shop as a workbook: 60 orders with typed cells and an error, and their customers on a second sheet."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        book.set_properties({"title": "Orders", "author": "", "created": datetime(2025, 4, 1)})
        sheet = book.add_worksheet("Orders")
        sheet.write_row(0, 0, ["order_id", "customer", "product", "quantity", "unit_price", "amount", "ordered", "gift", "status"])
        for at, cells in enumerate(orders()[:60], 1):
            quantity = int(cells[6]) if cells[6] else None
            price = float(cells[7])
            sheet.write_string(at, 0, cells[0])  # text, or the zeros are lost
            sheet.write_row(at, 1, [cells[1], cells[5], quantity, price])
            sheet.write_formula(at, 5, f"=D{at + 1}*E{at + 1}", value=round((quantity or 0) * price, 2))
            sheet.write_datetime(at, 6, datetime(2025, 1, 2) + timedelta(days=at // 4))
            sheet.write_boolean(at, 7, at % 5 == 0)
            sheet.write_string(at, 8, cells[11])
        sheet.write_formula(12, 5, "=D13/0", value="#DIV/0!")
        sheet.write_string(20, 3, "two")
        people = book.add_worksheet("Customers")
        people.write_row(0, 0, ["customer", "email", "city", "phone"])
        for at, (name, city, phone) in enumerate(PEOPLE, 1):
            people.write_row(at, 0, [name, f"{mailbox(name)}@example.org", city, phone])


def readme() -> str:
    """The list of files, of what is wrong with each and where."""
    lines = ["| What is wrong | Column | Rows |", "|---|---|---|"]
    for what, spoiled in SPOILED.items():
        for column in dict.fromkeys(column for _, column, _ in spoiled):
            lines.append(f"| {what} | {column} | {', '.join(str(row) for row, of, _ in spoiled if of == column)} |")
    lines += [f"| {what} | {where.removeprefix('all of ')} | all |" for what, where in WHOLE.items()]
    by_hand = [row for row in range(2, LAST + 1) if row % 7 == 3 and row not in {*COPIES, EMPTY_LINE, 178}]
    copies = ", ".join(f"{row} is {of}" for row, of in COPIES.items())
    lines += [
        f"| a date as day/month/year, where the others are year-month-day | ordered | {', '.join(map(str, by_hand))} |",
        f"| a row that repeats another ({copies}) | all | {', '.join(map(str, COPIES))} |",
        f"| one cell too many | after note | {EXTRA_CELL} |",
        f"| an empty line | | {EMPTY_LINE} |",
        f"| a total below the orders | amount | {LAST + 1} |",
    ]
    books = [
        "| File | What is wrong |",
        "|---|---|",
        *(f"| `troubles/{name}` | {what} |" for name, (what, _) in {**FILES, **BOOKS}.items()),
    ]
    return "\n".join(
        [
            "# Files to try",
            "",
            "Made by `python -m sample_data.make`; a test holds that it makes these. The people, addresses and numbers are nobody's.",
            "Rows are counted as a spreadsheet counts them: row 1 is the header, an empty line counts, a line break in a cell does not.",
            "",
            "## orders_demo.csv",
            "",
            "300 lines of orders of a small shop, UTF-8 with commas. `quantity`, `unit_price` and `shipped` are clean but for missing",
            "values; the rest is as such files are.",
            "",
            *lines,
            "",
            "## orders_demo.xlsx",
            "",
            "Two sheets. `Orders`: text ids with zeros, whole numbers, prices, amounts by formula, dates, yes/no; F13 holds",
            'the error #DIV/0!, D21 holds the word "two" among numbers, and D29 is empty. `Customers`: one row each.',
            "",
            "## One file per kind of trouble",
            "",
            *books,
            "",
        ]
    )


def make(folder: Path) -> None:
    """Write everything below a folder."""
    (folder / "troubles").mkdir(parents=True, exist_ok=True)
    (folder / "orders_demo.csv").write_bytes(demo_csv())
    demo_xlsx(folder / "orders_demo.xlsx")
    for name, (_, content) in FILES.items():
        (folder / "troubles" / name).write_bytes(content)
    for name, (_, sheets) in BOOKS.items():
        with xlsxwriter.Workbook(folder / "troubles" / name, {"default_date_format": "yyyy-mm-dd"}) as book:
            book.set_properties({"created": datetime(2025, 4, 1)})
            for title, rows in sheets.items():
                sheet = book.add_worksheet(title)
                for at, cells in enumerate(rows):
                    for position, cell in enumerate(cells):
                        if cell in RESULTS:
                            sheet.write_formula(at, position, str(cell), value=RESULTS[str(cell)])
                        else:
                            sheet.write(at, position, cell)
    (folder / "README.md").write_text(readme(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    make(HERE)
