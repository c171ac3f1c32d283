package io.alphakite.simulator.settings;

/**
 * How the streamer behaves where sources differ on Schwab's. docs/simulator.md explains each.
 *
 * @param kick what a second login of the same user does
 * @param sizesInLots whether LEVELONE_EQUITIES gives fields 4, 5 and 30 in lots of 100 instead of
 *     shares
 * @param documentedChart whether CHART_EQUITY numbers its fields as the guide says instead of as
 *     captures show
 * @param namedSuccess whether commands succeed with codes 26 to 29 instead of 0
 * @param tokenForSession whether a session ends with the access token it logged in with
 * @param symbolLimit keys of one service at most; those beyond are discarded with code 19
 * @param chartSymbolLimit the same for CHART services
 * @param commandSymbolLimit keys of one command at most
 */
public record StreamSettings(
    Kick kick,
    boolean sizesInLots,
    boolean documentedChart,
    boolean namedSuccess,
    boolean tokenForSession,
    int symbolLimit,
    int chartSymbolLimit,
    int commandSymbolLimit) {

  /** What a second login of the same user does. */
  public enum Kick {
    /** The older connection is told code 12 and closed. */
    NOTICE,
    /** The older connection is told code 30 and closed. */
    STOP,
    /** The older connection is closed without a word. */
    BARE,
    /** The newer login is answered with code 12 and closed. */
    REFUSE
  }

  static StreamSettings of(SimulatorSettings.Parser parse) {
    return new StreamSettings(
        Kick.valueOf(
            parse
                .choice("SIMULATOR_KICK", "notice", "stop", "bare", "refuse")
                .toUpperCase(java.util.Locale.ROOT)),
        parse.choice("SIMULATOR_SIZE_UNIT", "shares", "lots").equals("lots"),
        parse.choice("SIMULATOR_CHART_LAYOUT", "real", "documented").equals("documented"),
        parse.choice("SIMULATOR_SUCCESS_CODE", "zero", "named").equals("named"),
        parse.choice("SIMULATOR_STREAM_TOKEN", "login", "session").equals("session"),
        parse.integer("SIMULATOR_SYMBOL_LIMIT", 3000, 1, 3000),
        parse.integer("SIMULATOR_CHART_SYMBOL_LIMIT", 300, 1, 3000),
        parse.integer("SIMULATOR_COMMAND_SYMBOL_LIMIT", 3000, 1, 3000));
  }
}
