// An entity that takes large arguments and keeps nothing of them.
import Troupe

@Entity("blob")
actor Blob {
  @Command func put(_ bytes: [UInt8]) -> Int { bytes.count }
}
