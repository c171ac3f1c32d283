package io.alphakite.schwab.trader;

import io.alphakite.schwab.http.Unknowns;
import java.util.Set;

/**
 * The words Schwab's description has for something that stays text here, so that new ones can be
 * counted.
 *
 * @param kind where they stand, as {@link Unknowns#word} names it
 */
record Vocabulary(String kind, Set<String> words) {

  static final Vocabulary SESSION =
      new Vocabulary("order.session", Set.of("NORMAL", "AM", "PM", "SEAMLESS"));

  static final Vocabulary DURATION =
      new Vocabulary(
          "order.duration",
          Set.of(
              "DAY",
              "GOOD_TILL_CANCEL",
              "FILL_OR_KILL",
              "IMMEDIATE_OR_CANCEL",
              "END_OF_WEEK",
              "END_OF_MONTH",
              "NEXT_END_OF_MONTH",
              "UNKNOWN"));

  static final Vocabulary ORDER_TYPE =
      new Vocabulary(
          "order.orderType",
          Set.of(
              "MARKET",
              "LIMIT",
              "STOP",
              "STOP_LIMIT",
              "TRAILING_STOP",
              "TRAILING_STOP_LIMIT",
              "MARKET_ON_CLOSE",
              "LIMIT_ON_CLOSE",
              "NET_DEBIT",
              "NET_CREDIT",
              "NET_ZERO",
              "CABINET",
              "NON_MARKETABLE",
              "EXERCISE",
              "UNKNOWN"));

  static final Vocabulary STRATEGY =
      new Vocabulary(
          "order.orderStrategyType",
          Set.of(
              "SINGLE",
              "TRIGGER",
              "OCO",
              "CANCEL",
              "RECALL",
              "PAIR",
              "FLATTEN",
              "TWO_DAY_SWAP",
              "BLAST_ALL"));

  static final Vocabulary COMPLEX_STRATEGY =
      new Vocabulary(
          "order.complexOrderStrategyType",
          Set.of(
              "NONE",
              "COVERED",
              "VERTICAL",
              "BACK_RATIO",
              "CALENDAR",
              "DIAGONAL",
              "STRADDLE",
              "STRANGLE",
              "COLLAR_SYNTHETIC",
              "BUTTERFLY",
              "CONDOR",
              "IRON_CONDOR",
              "VERTICAL_ROLL",
              "COLLAR_WITH_STOCK",
              "DOUBLE_DIAGONAL",
              "UNBALANCED_BUTTERFLY",
              "UNBALANCED_CONDOR",
              "UNBALANCED_IRON_CONDOR",
              "UNBALANCED_VERTICAL_ROLL",
              "MUTUAL_FUND_SWAP",
              "CUSTOM"));

  static final Vocabulary INSTRUCTION =
      new Vocabulary(
          "order.instruction",
          Set.of(
              "BUY",
              "SELL",
              "SELL_SHORT",
              "BUY_TO_COVER",
              "EXCHANGE",
              "SELL_SHORT_EXEMPT",
              "BUY_TO_OPEN",
              "BUY_TO_CLOSE",
              "SELL_TO_OPEN",
              "SELL_TO_CLOSE"));

  static final Vocabulary EXECUTION =
      new Vocabulary("order.executionType", Set.of("FILL", "CANCELED"));

  /** The text itself, counted when it is none of the words. */
  String read(String text, Unknowns unknowns) {
    if (!text.isEmpty() && !words.contains(text)) {
      unknowns.word(kind, text);
    }
    return text;
  }
}
