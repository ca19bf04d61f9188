// What a user of Troupe gets with `import Troupe`: values on the wire, instants, and what a store must do.
@_exported public import TroupeCluster
@_exported public import TroupeJournal
@_exported public import TroupeNet
@_exported public import TroupeTransport
@_exported public import TroupeWire
