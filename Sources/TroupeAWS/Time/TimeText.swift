// Times as AWS writes them: `20150830T123600Z` in signatures, `2015-08-30T12:36:00Z` where credentials end. Pure.

public enum TimeText {
  /// `yyyyMMdd'T'HHmmss'Z'` of seconds since 1970.
  public static func basic(_ seconds: Int64) -> String {
    let day = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    let rest = seconds - day * 86_400
    let (year, month, date) = civil(day)
    return padded(year, 4) + padded(month, 2) + padded(date, 2) + "T" + padded(rest / 3_600, 2) + padded(rest / 60 % 60, 2)
      + padded(rest % 60, 2) + "Z"
  }

  /// Seconds since 1970 of `yyyy-MM-dd'T'HH:mm:ss` with an optional fraction and `Z`; nil for anything else.
  public static func seconds(_ text: String) -> Int64? {
    guard
      let match = text.wholeMatch(
        of: #/(?<y>\d{4})-(?<m>\d\d)-(?<d>\d\d)T(?<h>\d\d):(?<i>\d\d):(?<s>\d\d)(\.\d+)?(Z|\+00:00)/#),
      let year = Int64(match.y), let month = Int64(match.m), let date = Int64(match.d), let hour = Int64(match.h),
      let minute = Int64(match.i), let second = Int64(match.s), (1...12).contains(month), (1...31).contains(date)
    else { return nil }
    return days(year, month, date) * 86_400 + hour * 3_600 + minute * 60 + second
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }

  /// Howard Hinnant's `civil_from_days`: years begin in March, so that the leap day is the last.
  private static func civil(_ days: Int64) -> (year: Int64, month: Int64, date: Int64) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let ofEra = shifted - era * 146_097
    let year = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * year + year / 4 - year / 100)
    let shiftedMonth = (5 * ofYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (year + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  /// And its inverse.
  private static func days(_ year: Int64, _ month: Int64, _ date: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let ofEra = shifted - era * 400
    let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + date - 1
    return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
  }
}
