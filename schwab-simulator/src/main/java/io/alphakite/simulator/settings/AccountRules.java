package io.alphakite.simulator.settings;

import org.jspecify.annotations.Nullable;

/**
 * What the simulated account may do.
 *
 * @param margin a margin account (without a loan), else a cash account, which cannot sell short
 * @param optionLevel {@link #NO_OPTIONS} to {@link #UNCOVERED}
 * @param ordersPerMinute order writes per wall minute before a 429; null = no limit
 * @param retryAfter whether a 429 on an order says when to come again
 * @param listDays the longest span that an account's orders can be listed for
 */
public record AccountRules(
    boolean margin,
    int optionLevel,
    @Nullable Integer ordersPerMinute,
    boolean retryAfter,
    int listDays) {
  public static final int NO_OPTIONS = -1;

  /** Covered calls and puts secured by cash. */
  public static final int COVERED = 0;

  public static final int LONG_OPTIONS = 1;
  public static final int SPREADS = 2;

  /** Bare calls. */
  public static final int UNCOVERED = 3;

  static AccountRules of(SimulatorSettings.Parser parse) {
    return new AccountRules(
        parse.choice("SIMULATOR_ACCOUNT_TYPE", "MARGIN", "CASH").equals("MARGIN"),
        parse.integer("SIMULATOR_OPTION_LEVEL", SPREADS, NO_OPTIONS, UNCOVERED),
        parse
            .text("SIMULATOR_ORDERS_PER_MINUTE")
            .map(_ -> parse.integer("SIMULATOR_ORDERS_PER_MINUTE", 120, 0, 120))
            .orElse(null),
        parse.flag("SIMULATOR_RETRY_AFTER", false),
        parse.integer("SIMULATOR_ORDER_LIST_DAYS", 366, 1, 366));
  }
}
