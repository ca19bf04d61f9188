// A mechanism that is on unless an option says otherwise, so that its worth can be seen.

import ArgumentParser

enum Switch: String, ExpressibleByArgument {
  case on, off
}
