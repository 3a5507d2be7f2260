# The functions of nixpkgs' library that generated expressions call.
let
  known = [
    "asl20"
    "bsd3"
    "mit"
  ];
in
rec {
  optionals = condition: list: if condition then list else [ ];
  assertMsg = condition: message: if condition then true else throw message;
  versionAtLeast = have: least: builtins.compareVersions least have != 1;
  genAttrs =
    names: value:
    builtins.listToAttrs (
      map (name: {
        inherit name;
        value = value name;
      }) names
    );
  getExe = package: "${package}/bin/${package.meta.mainProgram}";
  escapeShellArg = text: "'${builtins.replaceStrings [ "'" ] [ "'\\''" ] text}'";
  licenses = genAttrs known (name: {
    shortName = name;
  });
  getLicenseFromSpdxId = spdxId: { inherit spdxId; };
  sourceTypes = genAttrs [
    "binaryBytecode"
    "binaryNativeCode"
  ] (shortName: { inherit shortName; });
  maintainers.ada = {
    name = "Ada";
  };
}
