"""Other people's files: each fault is one line with the file's name, in bounded memory."""

import contextlib
import gzip
import stat
import tarfile
from pathlib import Path

LONGEST_LINE = 1 << 20  # bytes
LARGEST_TEXT = 1 << 28  # of a file whose lines are all stored
LARGEST_ARCHIVE = 1 << 29  # once decompressed
MOST_MEMBERS = 1 << 18
KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


@contextlib.contextmanager
def named_faults(source, expected):
    """Whatever goes wrong inside is a `ValueError` of one line.

    Those who read a format may raise anything at bytes that somebody else wrote.
    """
    try:
        yield
    except Exception as error:
        received = " ".join(f"{type(error).__name__}: {error}".split())
        raise ValueError(
            f"{source}: Expected {expected}. Received: {received[:200]}"
        ) from None


def open_file(path, largest=None):
    """A file, opened to read its bytes: nothing that never ends.

    Raises:
        ValueError: It is a folder, a pipe or a device, or has more bytes than `largest`.
    """
    status = Path(path).stat()
    if not stat.S_ISREG(status.st_mode):
        kind = KINDS.get(stat.S_IFMT(status.st_mode), "something else")
        raise ValueError(f"{path}: Expected a file. Received: {kind}")
    if largest is not None and status.st_size > largest:
        raise ValueError(
            f"{path}: Expected up to {largest:,} bytes. Received: {status.st_size:,}"
        )
    return Path(path).open("rb")


def read_lines(path, largest=None):
    """The lines of a text in UTF-8 without their ends, but blank ones at its end.

    Raises:
        ValueError: It is not such a text; the message names file and line.
    """
    blank = 0
    with open_file(path, largest) as file:
        for row, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), start=1):
            if len(line) == LONGEST_LINE:
                raise ValueError(
                    f"{path}:{row}: Expected a line of less than {LONGEST_LINE:,} bytes. "
                    f"Received: {line[:40]!r}"
                )
            try:
                # A mark of the byte order is not text.
                text = line.decode("utf-8-sig" if row == 1 else "utf-8").rstrip("\r\n")
            except UnicodeDecodeError:
                raise ValueError(
                    f"{path}:{row}: Expected text in UTF-8. Received: {line[:40]!r}"
                ) from None
            if not text.strip():
                blank += 1
                continue
            yield from [""] * blank
            blank = 0
            yield text


def read_members(path, largest):
    """The files in a tar archive, gzipped or not, that are needed: their names and bytes.

    Args:
        path: The archive.
        largest: From the name of a member to the most bytes that it may have; 0 of one that
            is not needed.

    Raises:
        ValueError: It is not such an archive, is damaged, cut short or too large, or such a
            member is not a file, or has a name that is not text, or that of another.
    """
    names = set()
    with contextlib.ExitStack() as opened:
        stream = _Bounded(opened.enter_context(open_file(path)))
        with named_faults(path, "a tar archive"):
            archive = opened.enter_context(tarfile.open(fileobj=stream, mode="r|"))
        for _ in range(MOST_MEMBERS):
            with named_faults(path, "a tar archive"):
                member = archive.next()
                if member is None:
                    stream.check_end(archive.offset)
                    return
            if not largest(member.name):
                continue
            source = f"{path}:{member.name!r}"
            if not member.isreg() or member.issparse():
                raise ValueError(f"{source}: Expected a file. Received: another member")
            if member.size > largest(member.name):
                raise ValueError(
                    f"{source}: Expected up to {largest(member.name):,} bytes. "
                    f"Received: {member.size:,}"
                )
            if member.name in names or not member.name.isprintable():
                raise ValueError(
                    f"{source}: Expected a name of text, once. Received: another"
                )
            names.add(member.name)
            with named_faults(source, "a file"):
                content = archive.extractfile(member).read()
            yield member.name, content
        raise ValueError(f"{path}: Expected up to {MOST_MEMBERS:,} members. Received: more")


class _Bounded:
    """The bytes of an archive, unzipped on the way: up to LARGEST_ARCHIVE of them."""

    def __init__(self, file):
        is_zipped = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        self._file = gzip.GzipFile(fileobj=file) if is_zipped else file
        self._count = 0  # of bytes so far
        self._end = 0  # of the last byte that is not 0

    def read(self, size):
        if size > LARGEST_ARCHIVE - self._count:
            raise ValueError(f"more than {LARGEST_ARCHIVE:,} bytes")
        data = self._file.read(size)
        if last := len(data.rstrip(b"\0")):
            self._end = self._count + last
        self._count += len(data)
        return data

    def check_end(self, offset):
        """Raise a `ValueError` unless after the last member come zeros, and only zeros.

        Python takes a damaged header for the end. What is left is read, and with it the
        checksum of gzip.
        """
        while self.read(tarfile.RECORDSIZE):
            pass
        if self._end > offset or self._count < offset + tarfile.BLOCKSIZE:
            raise ValueError("it is damaged or cut short")
