import pytest

from reports.declarations.toml_lines import line_of, places

TEXT = '''name = "x"
note = """
[[pools]]
media = "no key"
"""

[[pools]]
name = "a"
media = "SSD"

[[ pools ]]  # the second
name = "b"
[pools.more]
deep = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("top level.pools[0].media: wanted one of", 9),
        ("top level.pools[1].name: wanted", 12),
        ('top level.pools[1]: key "media" is missing', 11),
        ("name: wanted", 1),
        ("top level: unknown key", None),
        ("top level.drives[3].serial: wanted", None),
    ],
)
def test_a_place_is_a_line(path, line):
    assert line_of(TEXT, path) == line


def test_the_lines_of_a_list_of_tables_are_those_of_its_headers():
    assert places('[[pools]]\nname = "a"\n[[drives]]\n[[pools]]\n', "pools") == [1, 4]
