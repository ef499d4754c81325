"""The small files, one per kind of trouble: what is wrong, and what is in them."""

from datetime import date

Cell = str | int | float | bool | date | None

# The smallest picture there is: one white dot.
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c63f80f0001010100b5d8d2740000000049454e44ae426082"
)

FILES: dict[str, tuple[str, bytes]] = {
    "spaces.csv": (
        "rows 2 and 3: spaces at the ends and doubled; row 4: a no-break space; row 5: a tab at the end",
        "name,city\n Ana Silva,Lisbon \nBob  Stone,London\nChen\u00a0Wei,London\nDora Maar,Paris\t\n".encode(),
    ),
    "letter_case.csv": ("one city in three cases (rows 2 to 4)", b"order,city\n1,Berlin\n2,BERLIN\n3,berlin\n4,Paris\n"),
    "missing_words.csv": (
        'words for "no value": rows 3 to 7; NA in row 2 is Namibia',
        b"name,country,age\nAna,NA,31\nBob,n/a,44\nChen,-,n/a\nDora,unknown,27\nEli,?,none\nFay,null,-\nGus,DE,52\n",
    ),
    "blank_or_missing.csv": ('row 2 holds a blank text (""), row 3 no value at all', b'name,note\nAna,""\nBob,\nChen,ring twice\n'),
    "numbers_with_signs.csv": (
        "currencies, thousands, a percent sign and a minus at the end (rows 2 to 7)",
        'item,price\nTeapot,€34.90\nKettle,"1,086.50"\nTray,39.00 €\nTea,$9.80\nDiscount,10%\nRefund,12.50-\n'.encode(),
    ),
    "text_among_numbers.csv": (
        "words among numbers (rows 4 and 6)",
        b"item,price\nTeapot,34.90\nKettle,86.50\nTray,tbc\nTea,9.80\nJug,ask\nTowel,7.50\n",
    ),
    "dates_two_ways.csv": (
        "two ways of writing a date; rows 4 and 6 can be read in two ways, row 7 is no day at all",
        b"order,ordered\n1,2025-03-29\n2,29/03/2025\n3,04/05/2025\n4,2025-05-04\n5,05/06/2025\n6,31/02/2025\n",
    ),
    "duplicate_rows.csv": ("rows 4 and 6 repeat row 2", b"order,city\n1,Berlin\n2,Paris\n1,Berlin\n3,York\n1,Berlin\n"),
    "similar_names.csv": (
        "one customer written five ways (rows 2 to 6)",
        'customer,due\nJürgen Müller,1\nJurgen Muller,2\nJÜRGEN MÜLLER,3\n"Müller, Jürgen",4\nJürgen Mueller,5\nAna Silva,6\n'.encode(),
    ),
    "mojibake.csv": ("letters read in the wrong encoding (rows 2 and 3)", "name,city\nMia,MÃ¼nchen\nLars,MalmÃ¶\nAna,Lisbon\n".encode()),
    "negative_in_parentheses.csv": (
        "amounts below zero in parentheses (rows 3 and 5)",
        b"order,amount\n1,24.90\n2,(24.90)\n3,86.50\n4,(7.50)\n",
    ),
    "outlier.csv": ("one value far from the rest (row 6)", b"order,quantity\n1,2\n2,3\n3,1\n4,2\n5,1200\n6,4\n"),
    "quoted_newline.csv": ("a line break inside a cell (row 2)", b'order,note\n1,"Leave at the door\nRing twice"\n2,none\n'),
    "ragged_rows.csv": (
        "one cell too many (row 3), one too few (row 4)",
        b"order,city,note\n1,Berlin,ok\n2,Paris,late,by a day\n3,York\n4,Rome,ok\n",
    ),
    "blank_lines.csv": ("empty lines (rows 3 and 5)", b"order,city\n1,Berlin\n\n2,Paris\n\n3,York\n"),
    "total_line.csv": ("a total in the last row", b"order,amount\n1,10.00\n2,20.50\n3,5.25\nTotal,35.75\n"),
    "lines_above_header.csv": (
        "a title, a date and an empty line above the header, which is on row 4",
        b"Orders of the shop\nExported 2025-04-01\n\norder,city\n1,Berlin\n2,Paris\n",
    ),
    "leading_zeros.csv": ("numbers that are names: the zeros count", b"article,postcode\n0042,01067\n0107,20095\n1200,04109\n"),
    "long_numbers.csv": (
        "numbers of 18 to 20 digits; a spreadsheet rounds them",
        b"parcel,weight\n003401234500000001,1.2\n003401234500000002,0.7\n12345678901234567890,3.1\n",
    ),
    "formula_text.csv": (
        "text a spreadsheet would run (rows 2 to 5); a telephone number that only looks like it (row 6)",
        b'name,note\nAna,=1+1\nBob,"=HYPERLINK(""http://example.org"",""x"")"\nChen,@SUM(A1:A9)\nDora,-2+3+cmd\nEli,+49 30 23125 101\n',
    ),
    "invisible_characters.csv": (
        "a zero-width space (row 2), a soft hyphen (row 3), curly quotes (row 4)",
        "name,note\nA\u200bna,ok\nBob,good\u00adwill\nChen,“late”\n".encode(),
    ),
    "semicolons_windows_1252.csv": (
        "semicolons, decimal commas, encoding Windows-1252",
        "Kunde;Stadt;Betrag\nJürgen Müller;München;34,90\nElodie Martin;Paris;1.086,50\nBob Stone;London;7,50 €\n".encode("cp1252"),
    ),
    "tabs_utf16.csv": ("tabs, encoding UTF-16", b"\xff\xfe" + "name\tcity\nMia\tMünchen\nPaweł\tKraków\n".encode("utf-16-le")),
    "pipes.csv": ("columns divided by |", b"name|city|note\nAna|Lisbon|a, b\nBob|London|c; d\n"),
    "utf8_with_mark.csv": ("an invisible mark (BOM) before the first column's name", b"\xef\xbb\xbf" + "name,city\nMia,München\n".encode()),
    "repeated_header.csv": ("the header again in the middle (row 4)", b"order,city\n1,Berlin\n2,Paris\norder,city\n3,York\n"),
    "same_column_names.csv": ("two columns of one name, and one without", b"name,city,city,\nAna,Lisbon,Porto,x\nBob,London,York,y\n"),
    "header_only.csv": ("a header and no rows", b"order,city,amount\n"),
    "empty.csv": ("nothing at all", b""),
    "picture.csv": ("a picture, renamed", DOT),
}

RESULTS = {"=1/0": "#DIV/0!", "=NA()": "#N/A"}  # what the formulas below give; a workbook keeps it beside the formula

BOOKS: dict[str, tuple[str, dict[str, list[list[Cell]]]]] = {
    "mixed_types.xlsx": (
        "column B holds numbers, text (B4), yes/no (B5) and a date (B6)",
        {"Sheet1": [["item", "value"], ["a", 1], ["b", 2.5], ["c", "three"], ["d", True], ["e", date(2025, 3, 29)]]},
    ),
    "error_cells.xlsx": ("errors in B3 and B4", {"Sheet1": [["item", "share"], ["a", 0.5], ["b", "=1/0"], ["c", "=NA()"], ["d", 0.25]]}),
    "text_ids.xlsx": (
        "numbers kept as text, with zeros before them",
        {"Sheet1": [["article", "stock"], ["0042", 7], ["0107", 0], ["1200", 12]]},
    ),
    "two_sheets.xlsx": (
        "the table is on the second sheet; the first is a cover",
        {"Cover": [["Orders of the shop"], ["see the next sheet"]], "Orders": [["order", "city"], [1, "Berlin"], [2, "Paris"]]},
    ),
}
