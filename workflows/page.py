"""What a flow's page in the Temporal UI says: whom it is about, and what it waits for or came to."""

from temporalio import workflow


class Page:
    """The current details of one flow, in Markdown: a line that names its subject, and what is to know now.

    Temporal keeps them nowhere: whoever opens the page asks a worker, whose answer is sealed like any other
    payload. So names and amounts may stand here, and nothing of it is in the history.
    """

    def __init__(self) -> None:
        self._subject = ""

    def name(self, subject: str) -> None:
        """Name the subject as it is now. What was waited for before is over."""
        self._subject = subject
        self.show("")

    def show(self, text: str) -> None:
        """Say what the flow waits for or came to; empty while it works."""
        workflow.set_current_details("\n\n".join(part for part in (self._subject, text) if part))
