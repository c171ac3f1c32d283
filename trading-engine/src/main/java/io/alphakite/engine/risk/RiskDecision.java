package io.alphakite.engine.risk;

/** May the order go out? */
public sealed interface RiskDecision {

  /**
   * Yes.
   *
   * @param reducing whether it only makes a position smaller
   */
  record Approved(boolean reducing) implements RiskDecision {}

  /**
   * No.
   *
   * @param rule the one that says so, named as its setting without {@code RISK_}, in lower case
   * @param numbers what was compared, for a person to read
   */
  record Denied(String rule, String numbers) implements RiskDecision {

    /** What the trade shows: the rule's name, then the numbers. */
    public String reason() {
      return rule + ": " + numbers;
    }
  }
}
