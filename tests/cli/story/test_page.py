"""How a deal's story reads in a terminal, and to a machine."""

from raccord.domain.values.message import message
from starters.cli.story.page import Page
from tests.cli.story.knowing import asked, known
from tests.records.questions import question


def test_a_question_of_another_release_is_told_raw() -> None:
    dropped = message("of_another_release", typed="7329")
    (wrong,) = question().problems
    kept = question(title=dropped, problems=(wrong.model_copy(update={"message": dropped}),))
    page = Page(known(questions=(asked(question=kept),)), "en")
    story = " ".join(" ".join(page.story()).split())
    assert "Question for Anne Canari: of_another_release(typed='7329') [" in story
    assert "of_another_release(typed='7329') (`raccord inbox show" in story
    assert story.count("company Canari Couture · SIRET: of_another_release.reason(typed='7329') → ") == 2
    awaited = " ".join(map(str, page.document()["awaited"]))
    assert "of_another_release.reason(typed='7329')" in awaited
