package io.alphakite.schwab.market;

import io.alphakite.schwab.http.Coded;
import io.alphakite.schwab.http.WireName;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What to quote.
 *
 * @param symbols each once, at most 5,000; they are asked for 500 at a time
 * @param fields empty means all
 * @param indicative adds {@code $ABC.IV} symbols for exchange-traded funds
 */
public record QuoteRequest(List<String> symbols, Set<Field> fields, boolean indicative) {

  private static final int SYMBOLS_MAX = 5_000;

  /** Schwab refuses a longer list. */
  static final int SYMBOLS_AT_ONCE = 500;

  /** A block of the answer. */
  public enum Field implements WireName {
    QUOTE("quote"),
    FUNDAMENTAL("fundamental"),
    EXTENDED("extended"),
    REFERENCE("reference"),
    REGULAR("regular");

    private final String wire;

    Field(String wire) {
      this.wire = wire;
    }

    @Override
    public String wire() {
      return wire;
    }
  }

  /**
   * Checks what can be checked.
   *
   * @throws IllegalArgumentException when a symbol cannot be one, or there are too many
   */
  public QuoteRequest {
    symbols = Symbols.checked(symbols);
    fields = Set.copyOf(fields);
    if (symbols.size() > SYMBOLS_MAX) {
      throw new IllegalArgumentException(
          "%d symbols to quote, at most %d: ask in parts".formatted(symbols.size(), SYMBOLS_MAX));
    }
  }

  /** Everything about these symbols. */
  public static QuoteRequest of(Collection<String> symbols) {
    return new QuoteRequest(List.copyOf(symbols), Set.of(), false);
  }

  /** Everything about these symbols. */
  public static QuoteRequest of(String... symbols) {
    return of(List.of(symbols));
  }

  /** Only these blocks. */
  public QuoteRequest only(Field... wanted) {
    return new QuoteRequest(symbols, Set.of(wanted), indicative);
  }

  /** The query for a part of the symbols. */
  Map<String, String> query(List<String> part) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("symbols", String.join(",", part));
    putFields(query, fields);
    if (indicative) {
      query.put("indicative", "true");
    }
    return query;
  }

  static void putFields(Map<String, String> query, Set<Field> fields) {
    if (!fields.isEmpty()) {
      query.put(
          "fields",
          new TreeSet<>(fields).stream().map(Coded::wire).collect(Collectors.joining(",")));
    }
  }
}
