package io.alphakite.simulator.broker;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The account and its orders, kept in a file of one line per change: each line holds the order as
 * it is after the change, and the account when it changed too. A line is written before anybody
 * hears of the change; a last line cut short by a crash is ignored. The file is written anew when
 * it has grown; of closed orders the newest are kept. Not thread-safe.
 */
final class Ledger implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Ledger.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int KEPT_ORDERS = 3000;
  private static final int ROOM = 1000;
  private static final long REWRITE_BYTES = 8 << 20;

  private final @Nullable Path file;
  private final TreeMap<Long, Order> orders = new TreeMap<>();
  private Account account;
  private @Nullable BufferedWriter out;
  private long bytes;

  /** A line of the file. */
  record Line(List<Order> orders, @Nullable Account account) {}

  /**
   * Reads what there is.
   *
   * @param directory null = memory only
   * @throws IllegalStateException when the file is there and unreadable
   */
  Ledger(@Nullable Path directory, BigDecimal cash) {
    file = directory == null ? null : directory.resolve("account.jsonl");
    account = new Account(cash, Map.of(), null);
    if (file != null) {
      load(file);
      rewrite();
    }
  }

  private void load(Path from) {
    if (!Files.exists(from)) {
      return;
    }
    try (BufferedReader lines = Files.newBufferedReader(from)) {
      for (String text = lines.readLine(); text != null; text = lines.readLine()) {
        try {
          take(JSON.treeToValue(LedgerForms.upgraded(JSON.readTree(text)), Line.class));
        } catch (JacksonException | IllegalArgumentException e) {
          if (lines.readLine() != null) {
            throw new IllegalStateException(from + " is damaged; delete it to start anew", e);
          }
          log.atWarn()
              .addKeyValue("event", "ledger.torn")
              .log("The ledger's last line was cut short and is ignored");
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(from + " cannot be read; delete it to start anew", e);
    }
  }

  private void take(Line line) {
    line.orders.forEach(order -> orders.put(order.id(), order));
    if (line.account != null) {
      account = line.account;
    }
  }

  Account account() {
    return account;
  }

  /** All orders by id, oldest first. */
  NavigableMap<Long, Order> orders() {
    return orders;
  }

  /** Records an order as it is now. */
  void save(Order order) {
    save(List.of(order));
  }

  /** Records orders as they are now, all or none. */
  void save(List<Order> changed) {
    write(new Line(changed, null));
  }

  /** Records the account as it is now. */
  void save(Account after) {
    write(new Line(List.of(), after));
  }

  /** Records an order and the account as they are now, both or neither. */
  void save(Order order, Account after) {
    write(new Line(List.of(order), after));
  }

  private void write(Line line) {
    if (out != null) {
      String text = JSON.writeValueAsString(line);
      try {
        out.write(text);
        out.newLine();
        out.flush();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot write " + file, e);
      }
      bytes += text.length() + 1L;
    }
    take(line);
    if (orders.size() > KEPT_ORDERS + ROOM) {
      forgetOldest();
    }
    if (bytes > REWRITE_BYTES) {
      rewrite();
    }
  }

  private void forgetOldest() {
    Map<Long, Order> kept = new LinkedHashMap<>();
    int closed = 0;
    for (Order order : orders.descendingMap().values()) {
      if (!order.status().isTerminal() || closed++ < KEPT_ORDERS || isNeeded(order)) {
        kept.put(order.id(), order);
      }
    }
    orders.clear();
    orders.putAll(kept);
  }

  /** A closed order stays while one that hangs on it is open. */
  private boolean isNeeded(Order order) {
    return order.children().stream()
        .map(orders::get)
        .anyMatch(child -> child != null && (!child.status().isTerminal() || isNeeded(child)));
  }

  private void rewrite() {
    if (file == null) {
      return;
    }
    try {
      close();
      Path next = file.resolveSibling("account.jsonl.next");
      bytes = 0;
      try (BufferedWriter writer = Files.newBufferedWriter(next, StandardCharsets.UTF_8)) {
        writer.write(JSON.writeValueAsString(new Line(List.of(), account)));
        writer.newLine();
        for (Order order : orders.values()) {
          writer.write(JSON.writeValueAsString(new Line(List.of(order), null)));
          writer.newLine();
        }
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      out =
          Files.newBufferedWriter(
              file,
              StandardCharsets.UTF_8,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  @Override
  public void close() {
    if (out != null) {
      try {
        out.close();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot write " + file, e);
      }
      out = null;
    }
  }
}
