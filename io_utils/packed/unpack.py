"""What is inside a compressed file or an archive, ready to be read as any file; unpacked once for all who ask."""

from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

from io_utils.bytes_in import FileBytes
from io_utils.errors import ReadError
from io_utils.options import Limits, Note
from io_utils.packed.archive import is_archive, members, shown, unpacked_member
from io_utils.packed.streams import codec_of, poured

LAYERS = 3  # compressed within compressed
KEPT = 2  # files kept unpacked for the next who asks


class Unpacked(NamedTuple):
    """The file inside; its name in the archive if it was one of several; what is to be said; how it was packed."""

    file: FileBytes
    member: str
    notes: tuple[Note, ...]
    evidence: tuple[str, ...]


_kept: OrderedDict[tuple[object, ...], Unpacked] = OrderedDict()
_lock = Lock()


def unpacked(file: FileBytes, member: str = "", limits: Limits | None = None) -> Unpacked:
    """The file itself, or what is inside it if it is compressed or an archive; ``member`` names one of several files.

    Raises ReadError if it is damaged, grows beyond the limits or holds no file.
    """
    if not is_packed(file):
        return Unpacked(file, "", (), ())
    allowed = limits or Limits()
    if not file.path:
        return inside(file, member, allowed)
    status = file.path.stat()
    key = (str(file.path), status.st_mtime_ns, status.st_size, file.name, member, allowed)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = inside(file, member, allowed)
    with _lock:
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def is_packed(file: FileBytes) -> bool:
    """Whether the file is compressed or an archive."""
    return codec_of(file) is not None or is_archive(file)


def inside(file: FileBytes, member: str, limits: Limits) -> Unpacked:
    """What is inside, through up to three layers of packing."""
    chosen, notes, evidence = "", [], []
    for _ in range(LAYERS):
        if codec := codec_of(file):
            file = poured(codec.pieces(file), len(file), file.name, limits)
            evidence.append(f"Compressed with {codec.label}.")
        elif is_archive(file):
            outer = file
            found, chosen, said = choice(file, member, limits)
            file = unpacked_member(file, found, limits)
            notes += [Note(text=said)] if said else []
            evidence.append(f"{shown(found)} in the zip archive {outer.name}.")
            member = ""
        else:
            break
    if is_packed(file):
        raise ReadError(f"{file.name}: it is packed more than {LAYERS} times over. Unpack it and load what is inside.")
    if bytes(file.data[257:262]) == b"ustar":
        raise ReadError(f"{file.name}: this is a tar archive. Unpack it, and load the table inside or pack it as .zip.")
    return Unpacked(file, chosen, tuple(notes), tuple(evidence))


def choice(file: FileBytes, member: str, limits: Limits) -> tuple[str, str, str]:
    """The file of an archive to read, its name if others are as likely, and what is to be said of them. Raises ReadError."""
    found = members(file, limits)
    if not found:
        raise ReadError(f"{file.name}: there is no file in the archive that could be a table. Choose another one.")
    there = ", ".join(f'"{shown(m.name)}"' for m in found[:20])
    if member and member not in {m.name for m in found}:
        raise ReadError(f'{file.name}: there is no file "{shown(member)}" in the archive. Choose one of: {there}.')
    taken = member or found[0].name
    others = [m for m in found if m.name != taken]
    if not others:
        return taken, "", ""
    listed = ", ".join(f'"{shown(m.name)}"' for m in others[:5]) + (f" and {len(others) - 5:,} more" if len(others) > 5 else "")
    said = f'The archive holds {len(found):,} files; "{shown(taken)}" is read. Not read: {listed}.'
    alone = taken == found[0].name and sum(m.rank == found[0].rank for m in found) == 1
    return taken, "" if alone else taken, said
