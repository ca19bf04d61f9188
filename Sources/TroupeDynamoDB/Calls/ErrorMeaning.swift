// What DynamoDB's errors mean to a store. Pure.
import TroupeAWS
import TroupeJSON
import TroupeJournal

extension AWSError {
  enum Meaning {
    /// A condition does not hold, and the details say which.
    case refused(JSONObject)
    /// Later, within the time limit.
    case again
    /// Nothing was done, and no retry of ours helps.
    case final(StoreError)
  }

  var meaning: Meaning {
    guard case .refused(let code, let message, let status, let details) = self else { return .again }
    if isThrottling || status >= 500 { return .again }
    switch code {
    case "ConditionalCheckFailedException": return .refused(details)
    case "TransactionCanceledException": return cancelled(details)
    // Somebody else's transaction has the item, or this one's first attempt is still at work.
    case "TransactionConflictException", "TransactionInProgressException", "ReplicatedWriteConflictException", "LimitExceededException":
      return .again
    case "ResourceNotFoundException": return .final(.unavailable("the table is not there: \(message)"))
    case "ItemCollectionSizeLimitExceededException":
      return .final(.diskFull("a shard's snapshots or log have reached DynamoDB's 10 GB"))
    case "ValidationException", "SerializationException", "IdempotentParameterMismatchException":
      return .final(.invalid("DynamoDB refuses the request: \(self)"))
    default: return .final(.unavailable("\(self)"))
    }
  }

  private func cancelled(_ details: JSONObject) -> Meaning {
    guard case .array(let reasons)? = details["CancellationReasons"] else { return .again }
    var codes: [String] = []
    for reason in reasons {
      if case .object(let object) = reason, case .string(let code)? = object["Code"], code != "None" { codes.append(code) }
    }
    if codes.contains("ConditionalCheckFailed") { return .refused(details) }
    if codes.contains("ItemCollectionSizeLimitExceeded") {
      return .final(.diskFull("a shard's snapshots have reached DynamoDB's 10 GB"))
    }
    let passing: Set = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded"]
    return codes.allSatisfy(passing.contains) ? .again : .final(.invalid("DynamoDB refuses the transaction: \(codes)"))
  }
}
