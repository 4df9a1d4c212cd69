from textwrap import dedent

import pytest

from keywright.emit.refusals import PlanRefused
from keywright.emit.rewrite import with_imports


def rename(module: str) -> str | None:
    return {"acme.shared.jwt": "shop.core.jwt", "acme.users": "shop.u"}.get(module)


def rewritten(text: str) -> str:
    return with_imports(dedent(text), rename)


def test_only_the_module_name_changes() -> None:
    text = """\
    # acme.shared.jwt in a comment stays
    from acme.shared.jwt import (  # a reason
        KeyRing,   # kept as it is

        read,
    )
    """
    expected = text.replace("from acme.shared.jwt", "from shop.core.jwt")
    assert rewritten(text) == dedent(expected)


def test_a_module_without_a_new_name_stays() -> None:
    assert rewritten("from acme.other import x\n") == "from acme.other import x\n"


def test_an_import_in_a_function_is_rewritten() -> None:
    text = "def f() -> None:\n    from acme.users import User\n"
    assert "from shop.u import User" in rewritten(text)


def test_an_import_for_type_checking_is_rewritten() -> None:
    text = "if TYPE_CHECKING:\n    from acme.users import User\n"
    assert "from shop.u import User" in rewritten(text)


def test_several_imports_on_one_line_are_rewritten() -> None:
    text = "from acme.users import A; from acme.shared.jwt import B\n"
    assert rewritten(text) == "from shop.u import A; from shop.core.jwt import B\n"


def test_signs_of_several_bytes_before_an_import_do_not_shift_it() -> None:
    text = "x = 'äöü€'; from acme.users import A\n"
    assert rewritten(text) == "x = 'äöü€'; from shop.u import A\n"


def test_a_form_feed_does_not_count_as_a_line() -> None:
    text = "x = 1\n\x0c\nfrom acme.users import A\n"
    assert rewritten(text) == "x = 1\n\x0c\nfrom shop.u import A\n"


def test_windows_line_ends_stay() -> None:
    text = "x = 1\r\nfrom acme.users import A\r\n"
    assert with_imports(text, rename) == "x = 1\r\nfrom shop.u import A\r\n"


def test_a_name_after_a_line_continuation_is_found() -> None:
    text = "from \\\n    acme.users import A\n"
    assert with_imports(text, rename) == "from \\\n    shop.u import A\n"


def test_plain_imports_of_renamed_modules_are_refused() -> None:
    with pytest.raises(PlanRefused, match=r"line 2: `import acme\.users`"):
        rewritten("import os\nimport acme.users\n")


def test_plain_imports_of_other_modules_stay() -> None:
    assert rewritten("import os.path\n") == "import os.path\n"
