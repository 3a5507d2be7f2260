"""Locks that are refused, each with what is said about it."""

from __future__ import annotations

from tests.unit.lock.pieces import APP, DEP, HEAD, INDEX, SHA, URL, package, wheel

FILE = "dep-1.0-py3-none-any.whl"
COMMIT = "a" * 40
IN_GIT = f"{{ git = 'https://g.example/x?path={FILE}#{COMMIT}' }}"
OTHER = DEP.replace("1.0", "2.0")

REFUSED = {
    "no version": ('requires-python = ">=3.10"\n', "version: missing"),
    "a version in words": ('version = "1"\n', "version: expected an integer, not a string"),
    "a boolean version": ("version = true\n", "version: expected an integer, not a boolean"),
    "another schema": ("version = 2\n", "version: unsupported schema version"),
    "a revision in words": (HEAD.replace("5", '"5"'), "revision: expected an integer"),
    "a negative revision": (HEAD.replace("5", "-1"), "revision: -1 is not a revision"),
    "no Python": ("version = 1\n", "requires-python: missing"),
    "a Python that is none": (
        'version = 1\nrequires-python = "x"\n',
        "requires-python: 'x' is not a version specifier",
    ),
    "packages as a table": (f"{HEAD}[package]\n", "package: expected an array, not a table"),
    "a package in words": (f'{HEAD}package = ["x"]\n', r"package\[0\]: expected a table"),
    "no name": (HEAD + APP.replace('name = "app"\n', ""), r"package\[0\].name: missing"),
    "a name that is none": (HEAD + APP.replace('"app"', '"-"'), r"\.name: '-' is not a name"),
    "no source": (
        HEAD + APP.replace('source = { editable = "." }', ""),
        r"package\[0\].source: missing",
    ),
    "a source in words": (package('"x"'), r"source: expected a table, not a string"),
    "an unknown source": (
        package('{ moon = "x" }'),
        "source: not a source that is known: moon",
    ),
    "an empty source": (package("{}"), "not a source that is known: empty"),
    "a direct URL that is none": (package('{ url = "x" }'), r"source.url: 'x' is not a URL"),
    "git without commit": (package('{ git = "https://g.example/x" }'), "full commit"),
    "git with a short commit": (package('{ git = "https://g.example/x#abc" }'), "full commit"),
    "git with its own scheme": (
        package('{ git = "git+https://g.example/x#' + "a" * 40 + '" }'),
        "no scheme that git",
    ),
    "git with two commits": (
        package(f'{{ git = "https://g.example/x?rev={"b" * 40}#{"a" * 40}" }}'),
        "two different commits",
    ),
    "git with a path that is no archive": (
        package('{ git = "https://g.example/x?path=a.txt#' + "a" * 40 + '" }'),
        "'a.txt' is not an archive",
    ),
    "an index package without version": (
        package('{ registry = "https://i.example/" }', version=""),
        r"package\[0\].version: missing",
    ),
    "a version that is none": (
        package('{ editable = "." }', version='version = "x"'),
        "'x' is not a version",
    ),
    "a wheel in words": (
        package("{ registry = 'a' }", "wheels = [1]"),
        r"wheels\[0\]: expected",
    ),
    "a wheel without location": (wheel("size = 1"), r"wheels\[0\]: needs one of"),
    "a wheel of another project": (
        wheel('url = "https://f.example/other-1.0-py3-none-any.whl"'),
        "is a wheel of 'other'",
    ),
    "a wheel of another version": (
        wheel('url = "https://f.example/dep-2.0-py3-none-any.whl"'),
        "not a wheel of version 1.0",
    ),
    "a file that is no wheel": (wheel('url = "https://f.example/dep.zip"'), "name of a wheel"),
    "a wheel of no version": (wheel('url = "https://f.example/dep-x-py3-none-any.whl"'), "'x'"),
    "a wheel with too few parts": (
        wheel('url = "https://f.example/dep-1.0-any.whl"'),
        "name of",
    ),
    "a file name that escapes": (
        package(
            "{ registry = 'https://i.example/' }",
            'sdist = { url = "https://f.example/dep-1.0%2F..%2F..%2Fx.tar.gz" }',
        ),
        r"sdist: 'dep-1.0/../../x.tar.gz' is not a plain file name",
    ),
    "an endless number": ("version = " + "1" * 5000 + "\n", "not TOML: a number is too large"),
    "a marker that is nested without end": (
        f"{HEAD}resolution-markers = [\"{'(' * 9999}os_name == 'a'{')' * 9999}\"]\n",
        r"resolution-markers\[0\]: not an environment marker: nested too deeply",
    ),
    "a negative size": (wheel(f'url = "{URL}", size = -1'), r"wheels\[0\].size: -1"),
    "a bare digest": (wheel(f'url = "{URL}", hash = "{SHA}"'), r"wheels\[0\].hash: "),
    "sha1": (wheel(f'url = "{URL}", hash = "sha1:{"0" * 40}"'), "not a hash of a kind"),
    "a short digest": (wheel(f'url = "{URL}", hash = "sha256:00"'), "64 hexadecimal digits"),
    "a digest of other letters": (
        wheel(f'url = "{URL}", hash = "sha256:{"g" * 64}"'),
        "64 hexadecimal digits",
    ),
    "a direct URL without hash": (
        wheel(f'url = "{URL}"', source=f'{{ url = "{URL}" }}'),
        "hash: missing",
    ),
    "a local archive without hash": (
        wheel(f"filename = '{FILE}'", source=f"{{ path = '{FILE}' }}"),
        r"wheels\[0\].hash: missing",
    ),
    "a source tree with hash": (
        wheel(f"filename = '{FILE}', hash = 'sha256:{SHA}'", source="{ directory = 'dep' }"),
        r"wheels\[0\].hash: a source tree cannot have one",
    ),
    "a package twice": (f"{HEAD}{DEP}{DEP}", r"package\[1\]: 'dep' is there twice"),
    "a package twice, spelt otherwise": (
        HEAD + DEP + DEP.replace('version = "1.0"', 'version = "1"'),
        "'dep' is there twice",
    ),
    "an edge to nothing": (
        f'{HEAD}{APP}dependencies = [{{ name = "dpe" }}]\n{DEP}',
        r"package\[0\].dependencies\[0\]: 'dpe' is no package.*did you mean 'dep'",
    ),
    "an edge without name": (
        f"{HEAD}{APP}dependencies = [{{}}]\n",
        r"dependencies\[0\].name: missing",
    ),
    "an edge to another version": (
        f'{HEAD}{APP}dependencies = [{{ name = "dep", version = "2" }}]\n{DEP}',
        "not in this lock with that version",
    ),
    "an ambiguous edge": (
        f'{HEAD}{APP}dependencies = [{{ name = "dep" }}]\n{DEP}'
        + DEP.replace("1.0", "2.0").replace("dep-1.0", "dep-2.0"),
        "'dep' is ambiguous",
    ),
    "an edge twice": (
        f'{HEAD}{APP}dependencies = [{{ name = "dep" }}, {{ name = "dep" }}]\n{DEP}',
        r"dependencies\[1\]: 'dep' is there twice",
    ),
    "an edge under no marker": (
        f'{HEAD}{APP}dependencies = [{{ name = "dep", marker = "x" }}]\n{DEP}',
        r"dependencies\[0\].marker: 'x' is not an environment marker",
    ),
    "an extra whose name is none": (
        f"{HEAD}{APP}[package.optional-dependencies]\n'?' = []\n",
        r"optional-dependencies: '\?' is not a name",
    ),
    "an edge of an extra to nothing": (
        f'{HEAD}{APP}[package.optional-dependencies]\nx = [{{ name = "no" }}]\n',
        r"package\[0\].optional-dependencies.x\[0\]: 'no' is no package",
    ),
    "a conflict of one": (
        f'{HEAD}conflicts = [[{{ package = "a" }}]]\n',
        "two different items",
    ),
    "a conflict with itself": (
        f'{HEAD}conflicts = [[{{ package = "a" }}, {{ package = "a" }}]]\n',
        r"conflicts\[0\]: needs two different",
    ),
    "a conflict without package": (
        f'{HEAD}conflicts = [[{{ extra = "a" }}, {{}}]]\n',
        "package",
    ),
    "a conflict of an extra and a group at once": (
        HEAD
        + 'conflicts = [[{ package = "a" }, { package = "a", extra = "x", group = "y" }]]\n',
        r"conflicts\[0\]\[1\]: names both",
    ),
    "a conflict with unknown keys": (
        f'{HEAD}conflicts = [[{{ package = "a", later = 1 }}, {{ package = "b" }}]]\n',
        r"conflicts\[0\]\[0\].later: unknown key",
    ),
    "a conflict that is no set": (
        f"{HEAD}conflicts = [1]\n",
        r"conflicts\[0\]: expected an array",
    ),
    "declarations that are none": (
        f"{HEAD}{APP}[package.metadata]\nrequires-dist = 1\n",
        r"package\[0\].metadata.requires-dist: expected an array",
    ),
    "an unknown libc": (f"{HEAD}[options.minimum-libc-version]\nx = '1'\n", "x: unknown key"),
    "unknown static metadata": (
        f"{HEAD}[[manifest.dependency-metadata]]\nlater = 1\n",
        r"manifest.dependency-metadata\[0\].later: unknown key",
    ),
    "an unknown key in a scoped override": (
        f"{HEAD}[manifest]\noverrides = [{{ package = {{ name = 'a' }}, later = 1 }}]\n",
        r"manifest.overrides\[0\].later: unknown key",
    ),
    "an unknown key in a scope": (
        (
            f"{HEAD}[manifest]\nexcludes = [{{ package = {{ name = 'a', x = 1 }},"
            " dependencies = [] }]\n"
        ),
        r"manifest.excludes\[0\].package.x: unknown key",
    ),
    "an unknown key in a scoped exclude": (
        f"{HEAD}[manifest]\nexcludes = [{{ name = 'a' }}]\n",
        r"manifest.excludes\[0\].name: unknown key",
    ),
    "a scope without dependencies": (
        f"{HEAD}[manifest]\nexcludes = [{{ package = {{ name = 'a' }} }}]\n",
        r"manifest.excludes\[0\].dependencies: missing",
    ),
    "a scope without a name": (
        (
            f"{HEAD}[manifest]\noverrides = [{{ package = {{ version = '1' }},"
            " dependencies = [] }]\n"
        ),
        r"manifest.overrides\[0\].package.name: missing",
    ),
    "a scope that is a string": (
        f"{HEAD}[manifest]\nexcludes = [{{ package = 'a', dependencies = ['b'] }}]\n",
        r"manifest.excludes\[0\].package: expected a table",
    ),
    "an exclude that is a number": (
        f"{HEAD}[manifest]\nexcludes = [1]\n",
        r"manifest.excludes\[0\]: expected a string or a table, not an integer",
    ),
    "an exclude that is no name": (
        f"{HEAD}[manifest]\nexcludes = ['-']\n",
        r"manifest.excludes\[0\]: '-' is not a name",
    ),
    "an override that is a string": (
        f"{HEAD}[manifest]\noverrides = ['b']\n",
        r"manifest.overrides\[0\]: expected a table",
    ),
    "a constraint without a name": (
        f"{HEAD}[manifest]\nconstraints = [{{ specifier = '>1' }}]\n",
        r"manifest.constraints\[0\].name: missing",
    ),
    "static metadata without a name": (
        f"{HEAD}[[manifest.dependency-metadata]]\nrequires-dist = []\n",
        r"manifest.dependency-metadata\[0\].name: missing",
    ),
    "static metadata that require nonsense": (
        f"{HEAD}[[manifest.dependency-metadata]]\nname = 'a'\nrequires-dist = ['!!']\n",
        r"dependency-metadata\[0\].requires-dist\[0\]: '!!' is not a requirement",
    ),
    "a group's Python that is none": (
        f"{HEAD}{APP}[package.group-requires-python]\ndev = 'x'\n",
        "group-requires-python.dev: 'x' is not a version specifier",
    ),
    "a fork marker that is none": (
        f'{HEAD}resolution-markers = ["x"]\n',
        r"resolution-markers\[0\]: 'x' is not an environment marker",
    ),
    "a revision beyond all": (HEAD.replace("5", "99999999999"), "not a revision"),
    "a Python in an array": (
        'version = 1\nrequires-python = [">=3.10"]\n',
        "requires-python: expected a string, not an array",
    ),
    "packages under their old name beside the new one": (
        HEAD + DEP + APP.replace("[[package]]", "[[distribution]]"),
        "distribution: is 'package' by its old name",
    ),
    "a name of nothing": (HEAD + APP.replace('"app"', '""'), r"\.name: '' is not a name"),
    "a name with a space": (HEAD + APP.replace('"app"', '"a b"'), "'a b' is not a name"),
    "a version with a word in it": (
        package('{ editable = "." }', version='version = "1.0-foo"'),
        "'1.0-foo' is not a version",
    ),
    "git on another host's own terms": (
        package(f"{{ git = 'git@g.example:x#{COMMIT}' }}"),
        "no scheme that git",
    ),
    "wheels in words": (
        package("{ registry = 'a' }", "wheels = 'x'"),
        "wheels: expected an array, not a string",
    ),
    "an sdist in words": (
        package("{ registry = 'a' }", "sdist = 'x'"),
        "sdist: expected a table, not a string",
    ),
    "a wheel in a repository without hash": (
        wheel(f"filename = '{FILE}'", source=IN_GIT),
        r"wheels\[0\].hash: missing",
    ),
    "a wheel of a commit with hash": (
        wheel(
            f"filename = '{FILE}', hash = 'sha256:{SHA}'",
            source=f"{{ git = 'https://g.example/x#{COMMIT}' }}",
        ),
        "a source tree cannot have one",
    ),
    "a wheel with two locations of which one is a number": (
        wheel(f"url = '{URL}', path = 3"),
        r"wheels\[0\].path: expected a string, not an integer",
    ),
    "a size in words": (wheel(f"url = '{URL}', size = '3'"), "size: expected an integer"),
    "a size with a fraction": (wheel(f"url = '{URL}', size = 3.0"), "expected an integer"),
    "a size beyond all": (wheel(f"url = '{URL}', size = {10**20}"), "is not a size"),
    "a digest of an algorithm that uv does not know": (
        wheel(f"url = '{URL}', hash = 'sha224:{'a' * 56}'"),
        "not a hash of a kind",
    ),
    "a blake2b of 512 bits": (
        wheel(f"url = '{URL}', hash = 'blake2b:{'a' * 128}'"),
        "64 hexadecimal digits",
    ),
    "a wheel of another local version": (
        package(
            "{ registry = 'https://i.example/' }",
            "wheels = [{ url = 'https://f.example/dep-1.0%2Bcu2-py3-none-any.whl' }]",
            version='version = "1.0+cu1"',
        ),
        "not a wheel of version 1.0",
    ),
    "a wheel with seven parts and no build tag": (
        wheel("url = 'https://f.example/dep-1.0-x-py3-none-any-y.whl'"),
        "not the name of a wheel",
    ),
    "an edge with a version and no source among several": (
        f"{HEAD}{APP}dependencies = [{{ name = 'dep', version = '1.0' }}]\n{DEP}{OTHER}",
        "'dep' is ambiguous",
    ),
    "an edge with a source and no version among several": (
        f"{HEAD}{APP}dependencies = [{{ name = 'dep', {INDEX} }}]\n{DEP}{OTHER}",
        "'dep' is ambiguous",
    ),
    "an edge to another source": (
        (
            f"{HEAD}{APP}dependencies = [{{ name = 'dep',"
            f" source = {{ registry = 'https://o.example/' }} }}]\n{DEP}"
        ),
        "not in this lock with that version and source",
    ),
    "an edge with an extra in words": (
        f"{HEAD}{APP}dependencies = [{{ name = 'dep', extra = 'x' }}]\n{DEP}",
        r"dependencies\[0\].extra: expected an array",
    ),
    "an edge twice under one marker in two spellings": (
        (
            f'{HEAD}{APP}dependencies = [{{ name = "dep", marker = "os_name==\'nt\'" }},'
            f' {{ name = "dep", marker = "os_name == \'nt\'" }}]\n{DEP}'
        ),
        r"dependencies\[1\]: 'dep' is there twice",
    ),
    "an edge twice with extras in another order": (
        (
            f"{HEAD}{APP}dependencies = [{{ name = 'dep', extra = ['a', 'b'] }},"
            f" {{ name = 'dep', extra = ['b', 'a'] }}]\n{DEP}"
        ),
        "'dep' is there twice",
    ),
    "a conflict of nothing": (f"{HEAD}conflicts = [[]]\n", "two different items"),
    "a supported environment that is none": (
        f"{HEAD}supported-markers = ['x']\n",
        r"supported-markers\[0\]: 'x' is not an environment marker",
    ),
    "a required environment that is none": (
        f"{HEAD}required-markers = ['x']\n",
        r"required-markers\[0\]: 'x' is not an environment marker",
    ),
    "a fork marker of a package that is none": (
        f"{HEAD}{DEP}resolution-markers = ['x']\n",
        r"package\[0\].resolution-markers\[0\]: 'x' is not",
    ),
    "default groups in one word": (
        f"{HEAD}{APP}default-groups = 'x'\n",
        "default-groups: expected an array, not a string",
    ),
    "members that are numbers": (
        f"{HEAD}[manifest]\nmembers = [1]\n",
        r"manifest.members\[0\]: expected a string",
    ),
    "a requirement in words": (
        f"{HEAD}[manifest]\nrequirements = ['a']\n",
        r"manifest.requirements\[0\]: expected a table",
    ),
    "a requirement of a range that is none": (
        f"{HEAD}{APP}[package.metadata]\nrequires-dist = [{{ name = 'a', specifier = 'x' }}]\n",
        r"metadata.requires-dist\[0\].specifier: 'x' is not a version specifier",
    ),
    "a requirement from an index that is none": (
        f"{HEAD}{APP}[package.metadata]\nrequires-dist = [{{ name = 'a', index = 'x' }}]\n",
        r"metadata.requires-dist\[0\].index: 'x' is not a URL",
    ),
    "TOML that is none": ("version = \n", "line 1, column 11: not TOML"),
    "TOML that ends early": ('version = 1\nx = "', "not TOML"),
    "TOML nested too deeply": ("x = " + "[" * 100_000, "not TOML"),
}
