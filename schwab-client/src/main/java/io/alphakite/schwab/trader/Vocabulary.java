package io.alphakite.schwab.trader;

import java.util.Set;

/**
 * The words Schwab's description has for something that stays text here, so that new ones can be
 * counted.
 *
 * @param kind what they are words for
 */
record Vocabulary(String kind, Set<String> words) {

  static final Vocabulary SESSION =
      new Vocabulary("session", Set.of("NORMAL", "AM", "PM", "SEAMLESS"));

  static final Vocabulary DURATION =
      new Vocabulary(
          "duration",
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
          "order type",
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
          "strategy",
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
          "complex strategy",
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
          "instruction",
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

  static final Vocabulary EXECUTION = new Vocabulary("execution", Set.of("FILL", "CANCELED"));

  /** Whether it is one of the words, or none at all. */
  boolean has(String text) {
    return text.isEmpty() || words.contains(text);
  }
}
