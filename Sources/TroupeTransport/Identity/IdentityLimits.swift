// The bounds of identities; `protocols/identity.md` repeats those that a peer must know.

public enum IdentityLimits {
  /// A token, bytes: it stands in a frame before a call, and a node keeps thousands.
  public static let token = 1_024

  /// A subject's name and a role's, bytes of UTF-8; an audience is a cluster's name.
  public static let subject = 255
  public static let role = 63
  public static let audience = 63

  public static let roles = 16

  /// The longest life. Whoever steals a token, and whoever lost his rights, is somebody for so long; nothing takes a token back.
  public static let longestLife: Duration = .seconds(300)

  /// How long a token lives when nobody says.
  public static let life: Duration = .seconds(60)

  /// How far the clocks of issuer and checker may differ.
  public static let skew: Duration = .seconds(30)

  /// Identities that a side of a link names by index. Past it the one that was not used for longest gives way.
  static let indexes = 4_096

  /// Checked tokens that a loop remembers, in each of two generations: those of links that come anew, and of calls that carry theirs.
  static let remembered = 4_096
}
