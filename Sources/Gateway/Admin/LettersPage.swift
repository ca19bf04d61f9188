// The dead letters of one group: what each is, why nobody took it, and buttons to send it again or to forget it. Needs no script.

import Troupe

struct LettersPage {
  /// Letters on one page, the oldest.
  static let limit = 200

  let group: ConsumerReport
  /// How many there are.
  let count: Int
  let letters: [LetterPicture]
  /// Nodes whose share of the group is not known.
  let silent: [TransportStatus.Silent]
  let cluster: String
  let assets: AdminAssets

  var html: HTML {
    PageFrame(title: "\(group.group) · Dead letters", style: assets.stylePath).page(
      header: """
        <h1>\(group.group) <span class="quiet">reads \(group.topic) · \(cluster)</span></h1>
        <p class="state \(mood)">\(sentence)</p>
        """,
      main: """
        <section aria-labelledby="letters">
        <div class="heading"><h2 id="letters">Dead letters <span class="quiet">what this group did not take, the oldest first</span></h2>\
        \(letters.isEmpty ? "" as HTML : redriveAll)</div>
        \(letters.isEmpty ? "<p class=\"calm\">There are none: this group has taken everything.</p>" as HTML : table)
        </section>
        """,
      footer: """
        <nav aria-label="Back"><a href="/#consumers">all groups</a></nav>
        """)
  }

  private var mood: String { group.state == .running && letters.isEmpty && silent.isEmpty ? "good" : group.cutOff > 0 ? "bad" : "warn" }

  private var sentence: String {
    let lag = AdminParts.counted(group.lag, "record")
    let missing = silent.isEmpty ? "" : "; without \(silent.map(\.name).joined(separator: ", ")), which did not answer"
    let trouble = group.trouble.map { ", shard \(group.troubledShard ?? 0): \($0)" } ?? ""
    let dead = letters.isEmpty ? "" : "\(AdminParts.counted(count, "dead letter")); "
    let waiting = group.lag == 0 ? "nothing waits" : "\(lag) \(group.lag == 1 ? "waits" : "wait")"
    return "\(dead)\(group.state.rawValue)\(trouble); \(waiting)\(missing)"
  }

  private var redriveAll: HTML {
    """
    <form method="post" action="/consumers/\(AdminParts.escaped(group.group))/redrive">\
    <button>Send all \(Figures.grouped(count)) again</button></form>
    """
  }

  private var table: HTML {
    """
    <table aria-labelledby="letters">
    <thead><tr><th scope="col">entity</th><th scope="col">why</th><th scope="col" class="number">tries</th>\
    <th scope="col">recorded, given up</th><th scope="col"></th></tr></thead>
    <tbody>\(letters.map(row))</tbody>
    </table>\(count > letters.count ? "<p class=\"quiet\">\(AdminParts.counted(count - letters.count, "letter")) more.</p>" as HTML : "")
    """
  }

  private func row(_ picture: LetterPicture) -> HTML {
    let letter = picture.letter
    let path = "/consumers/\(AdminParts.escaped(group.group))/letters/\(letter.id)"
    return """
      <tr><th scope="row">\(picture.kind)/\(letter.entity)<small>shard \(letter.shard), offset \(Figures.grouped(letter.offset))</small></th>\
      <td data-label="why" class="why">\(letter.error)<details><summary>\(AdminParts.counted(letter.events.count, "event"))</summary>\
      <pre>\(picture.events)</pre></details></td>\
      <td data-label="tries" class="number">\(Figures.grouped(letter.attempts))</td>\
      <td data-label="recorded, given up">\(AdminParts.time(letter.recorded))<small>\(AdminParts.time(letter.buried))</small></td>\
      <td class="acts"><form method="post" action="\(path)/redrive"><button>Send again</button></form>\
      <form method="post" action="\(path)/drop"><button class="minor">Forget</button></form></td></tr>
      """
  }
}
