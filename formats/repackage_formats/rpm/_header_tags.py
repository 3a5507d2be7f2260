"""Numbers that the headers of an rpm are made of (rpmtag.h of librpm)."""

from __future__ import annotations

from enum import IntEnum


class Type(IntEnum):
    """What kind of data an entry of a header has."""

    INT16 = 3
    INT32 = 4
    INT64 = 5
    STRING = 6
    BINARY = 7
    STRINGS = 8
    I18N = 9


class Region(IntEnum):
    """The entry that makes all of a header immutable: of the signature, of the package."""

    SIGNATURES = 62
    IMMUTABLE = 63


class SignatureTag(IntEnum):
    """Entries of the signature header."""

    DSA = 267
    RSA = 268
    SHA1 = 269
    LONG_SIZE = 270
    LONG_ARCHIVE_SIZE = 271
    SHA256 = 273
    OPENPGP = 278
    SHA3_256 = 279
    RESERVED = 999
    SIZE = 1000
    MD5 = 1004
    ARCHIVE_SIZE = 1007
    RESERVED_SPACE = 1008


class Tag(IntEnum):
    """Entries of the main header, but those of dependencies, scripts and triggers."""

    HEADER_I18N_TABLE = 100
    NAME = 1000
    VERSION = 1001
    RELEASE = 1002
    EPOCH = 1003
    SUMMARY = 1004
    DESCRIPTION = 1005
    BUILD_TIME = 1006
    BUILD_HOST = 1007
    SIZE = 1009
    DISTRIBUTION = 1010
    VENDOR = 1011
    LICENSE = 1014
    PACKAGER = 1015
    GROUP = 1016
    URL = 1020
    OS = 1021
    ARCH = 1022
    FILE_SIZES = 1028
    FILE_MODES = 1030
    FILE_RDEVS = 1033
    FILE_MTIMES = 1034
    FILE_DIGESTS = 1035
    FILE_LINK_TOS = 1036
    FILE_FLAGS = 1037
    FILE_USER_NAME = 1039
    FILE_GROUP_NAME = 1040
    SOURCE_RPM = 1044
    FILE_VERIFY_FLAGS = 1045
    RPM_VERSION = 1064
    CHANGELOG_TIME = 1080
    CHANGELOG_NAME = 1081
    CHANGELOG_TEXT = 1082
    FILE_DEVICES = 1095
    FILE_INODES = 1096
    FILE_LANGS = 1097
    DIR_INDEXES = 1116
    BASE_NAMES = 1117
    DIR_NAMES = 1118
    PAYLOAD_FORMAT = 1124
    PAYLOAD_COMPRESSOR = 1125
    PAYLOAD_FLAGS = 1126
    FILE_COLORS = 1140
    LONG_FILE_SIZES = 5008
    LONG_SIZE = 5009
    FILE_DIGEST_ALGORITHM = 5011
    ENCODING = 5062
    PAYLOAD_DIGEST = 5092
    PAYLOAD_DIGEST_ALGORITHM = 5093
    PAYLOAD_DIGEST_ALT = 5097
    PAYLOAD_SIZE = 5112
    PAYLOAD_SIZE_ALT = 5113
    RPM_FORMAT = 5114
    SOURCE_NEVR = 5120
    PAYLOAD_SHA512 = 5121
    PAYLOAD_SHA512_ALT = 5122
    PAYLOAD_SHA3_256 = 5123
    PAYLOAD_SHA3_256_ALT = 5124


#: Of each kind of relation: the tags of its names, versions and flags.
RELATIONS = {
    "provides": (1047, 1113, 1112),
    "requires": (1049, 1050, 1048),
    "conflicts": (1054, 1055, 1053),
    "obsoletes": (1090, 1115, 1114),
    "recommends": (5046, 5047, 5048),
    "suggests": (5049, 5050, 5051),
    "supplements": (5052, 5053, 5054),
    "enhances": (5055, 5056, 5057),
}

#: Of each scriptlet: the tags of its body, program and flags.
SCRIPTLETS = {
    "pre": (1023, 1085, 5020),
    "post": (1024, 1086, 5021),
    "preun": (1025, 1087, 5022),
    "postun": (1026, 1088, 5023),
    "verify": (1079, 1091, 5026),
    "pretrans": (1151, 1153, 5024),
    "posttrans": (1152, 1154, 5025),
    "preuntrans": (5103, 5105, 5107),
    "postuntrans": (5104, 5106, 5108),
}


class Triggers(IntEnum):
    """Triggers of packages."""

    SCRIPTS = 1065
    NAMES = 1066
    VERSIONS = 1067
    FLAGS = 1068
    INDEXES = 1069
    PROGRAMS = 1092


class FileTriggers(IntEnum):
    """Triggers of files, for each package."""

    SCRIPTS = 5066
    PROGRAMS = 5067
    SCRIPT_FLAGS = 5068
    NAMES = 5069
    INDEXES = 5070
    VERSIONS = 5071
    FLAGS = 5072
    PRIORITIES = 5084


class TransactionFileTriggers(IntEnum):
    """Triggers of files, once in a transaction."""

    SCRIPTS = 5076
    PROGRAMS = 5077
    SCRIPT_FLAGS = 5078
    NAMES = 5079
    INDEXES = 5080
    VERSIONS = 5081
    FLAGS = 5082
    PRIORITIES = 5085


#: Numbers from here on need 64 bits; librpm keeps this one for itself.
LARGE = (1 << 32) - 1
#: What digests are made with (pgpHashAlgo of librpm).
SHA256 = 8
