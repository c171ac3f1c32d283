package io.alphakite.simulator.broker;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/**
 * What the broker says of an order that it is not given.
 *
 * @param value what it would cost or bring, in dollars; negative when it brings
 * @param buyingPower what would be left
 * @param legs the quotes its legs would meet, in their order
 */
public record Preview(
    OrderTicket ticket,
    OrderTicket.Strategy strategy,
    Instant entered,
    BigDecimal value,
    BigDecimal buyingPower,
    List<Finding> findings,
    List<LegQuote> legs) {
  /** Prices in dollars, 0 where there is none. */
  public record LegQuote(BigDecimal bid, BigDecimal ask, BigDecimal last, BigDecimal mark) {}

  public Preview {
    findings = List.copyOf(findings);
    legs = List.copyOf(legs);
  }

  public boolean rejected() {
    return findings.stream().anyMatch(Finding::rejects);
  }
}
