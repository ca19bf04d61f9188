// How long development certificates live. Certificates are read at start only, so a cluster must be started again once
// within `renewWithin` of an expiry; a year leaves room for that.

import Foundation

enum CertificateLifetimes {
  private static let day: TimeInterval = 86_400

  static let authority = 3_650 * day
  static let leaf = 365 * day
  /// A certificate with less than this left is made anew at the next `up`.
  static let renewWithin = 30 * day
  /// Certificates begin in the past by this much, for machines whose clocks differ.
  static let backdate: TimeInterval = 3_600
}
