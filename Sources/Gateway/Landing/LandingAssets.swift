// The page's style, script and icon. Their addresses hold a hash of their text, so that a browser keeps them for ever and
// still never shows an old one.

struct LandingAssets: Sendable {
  let stylePath = "/assets/landing-\(LandingAssets.hash(LandingStyle.text)).css"
  let scriptPath = "/assets/landing-\(LandingAssets.hash(LandingScript.text)).js"

  /// A small ring of three colours.
  static let icon = """
    data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Cg fill='none' stroke-width='7' \
    transform='rotate(-90 16 16)'%3E%3Ccircle cx='16' cy='16' r='11' stroke='%232f6fde'/%3E%3Ccircle cx='16' cy='16' r='11' \
    stroke='%23d9622b' pathLength='3' stroke-dasharray='0 1 1 1'/%3E%3Ccircle cx='16' cy='16' r='11' stroke='%232c9a5b' \
    pathLength='3' stroke-dasharray='0 2 1 0'/%3E%3C/g%3E%3C/svg%3E
    """

  /// FNV-1a. Nobody attacks it: the texts are ours.
  static func hash(_ text: String) -> String {
    let hash = text.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return String(hash, radix: 36)
  }
}
