package io.alphakite.schwab.trader;

/**
 * An order whose fill brings another to life ({@code orderStrategyType} TRIGGER): a single one, or
 * two of which one cancels the other, which makes a bracket.
 *
 * <p>The second is there from the beginning, as AWAITING_PARENT_ORDER; assume that a part of the
 * first's fill does not activate it.
 *
 * @param then what the first's fill triggers
 */
public record FirstTriggers(SingleOrder first, Child then) implements OrderRequest {

  /** What a fill can trigger. */
  public sealed interface Child permits SingleOrder, OneCancelsOther {}
}
