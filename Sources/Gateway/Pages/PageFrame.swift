// What every page of the gateway has around its own: head, header, main and footer.

struct PageFrame {
  let title: String
  /// Paths of the style sheet, and of the script that keeps `data-live` parts fresh. A page with one reloads itself where scripts do not run.
  let style: String
  var script: String?

  func page(header: HTML, main: HTML, footer: HTML) -> HTML {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(title)</title>
    <link rel="icon" href="\(LandingAssets.icon)">
    <link rel="stylesheet" href="\(style)">
    \(script.map(Self.live) ?? "")</head>
    <body>
    <header>
    \(header)
    </header>
    <main>
    \(main)
    </main>
    <footer>\(footer)</footer>
    </body>
    </html>
    """
  }

  private static func live(_ script: String) -> HTML {
    """
    <noscript><meta http-equiv="refresh" content="5"></noscript>
    <script src="\(script)" defer></script>

    """
  }
}
