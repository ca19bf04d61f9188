// The executable: everything is in ShopstreamCommand, so that tests can reach it.

import ShopstreamCommand

@main
struct Shopstream {
  static func main() async {
    await ShopstreamCommand.main()
  }
}
