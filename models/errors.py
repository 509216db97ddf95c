"""The one family of exceptions that users may meet; each message is one sentence that says what to do."""


class CartevidenceError(Exception):
    """Something a user can cause or mend. The command line prints its message and no traceback."""


class InvalidData(CartevidenceError):
    """A value does not fit the model; the message names the field."""


class SourceError(CartevidenceError):
    """A file or folder given as a source cannot be read as records."""


class UnsafeXml(SourceError):
    """XML with entities, an external DTD in use, or absurd nesting or size; it is refused."""


class EntrezError(CartevidenceError):
    """PubMed could not be asked, or kept answering wrongly after all retries."""


class StoreError(CartevidenceError):
    """The database cannot be opened, is not ours, is newer than this program, or is busy."""


class Busy(StoreError):
    """Another program is writing the database; nothing was stored, and trying again helps."""


class Stale(StoreError):
    """Somebody decided in between; nothing was stored, and what they decided has to be looked at first."""


class CannotPool(CartevidenceError):
    """The studies cannot be put together as asked; the message says why."""
