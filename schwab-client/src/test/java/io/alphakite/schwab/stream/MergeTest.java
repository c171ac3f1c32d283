package io.alphakite.schwab.stream;

import static io.alphakite.schwab.stream.StreamService.LEVELONE_EQUITIES;
import static io.alphakite.schwab.stream.StreamService.LEVELONE_OPTIONS;
import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.market.Price;
import io.alphakite.schwab.stream.StreamEvent.EquityUpdate;
import io.alphakite.schwab.stream.StreamEvent.OptionUpdate;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random images and deltas, with fields that are absent, null and zero, against the plainest merge
 * there is: a map that an image empties and a delta overwrites.
 */
class MergeTest {

  private static final int ITEMS = 20_000;
  private static final int[] EQUITY_FIELDS = {1, 2, 3, 10, 11, 12, 17, 18, 33};
  private static final int[] OPTION_FIELDS = {2, 3, 4, 8, 9, 10, 16, 17, 28, 29, 30, 31, 37};

  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);
  private final Decoding decoding = new Decoding();

  /** One key's state: no map before its first image. */
  private static final class Slow {
    @Nullable Map<Integer, @Nullable String> fields;
  }

  /** An item's members: values as they are written, null for a JSON null. */
  private Map<Integer, @Nullable String> members(int[] fields) {
    Map<Integer, @Nullable String> members = new LinkedHashMap<>();
    for (int field : fields) {
      switch (random.nextInt(8)) {
        case 0 -> members.put(field, null);
        case 1 -> members.put(field, "0");
        case 2 -> members.put(field, Integer.toString(random.nextInt(-5, 1_000)));
        case 3 ->
            members.put(field, BigDecimal.valueOf(random.nextInt(1_000_000), 4).toPlainString());
        default -> {}
      }
    }
    return members;
  }

  private static String item(String key, boolean image, Map<Integer, @Nullable String> members) {
    StringBuilder item = new StringBuilder("{\"key\":\"" + key + '"');
    if (image) {
      item.append(",\"delayed\":false");
    }
    members.forEach((field, value) -> item.append(",\"%d\":%s".formatted(field, value)));
    return item.append('}').toString();
  }

  private boolean next(StreamService service, String key, int[] fields, Slow slow) {
    boolean image = random.nextInt(20) == 0;
    Map<Integer, @Nullable String> members = members(fields);
    int before = decoding.events.size();
    decoding.decode(service, item(key, image, members));
    if (image) {
      slow.fields = new LinkedHashMap<>();
    }
    Map<Integer, @Nullable String> merged = slow.fields;
    if (merged == null) {
      assertThat(decoding.events).as("seed %d: a delta before its image", seed).hasSize(before);
      return false;
    }
    merged.putAll(members);
    assertThat(decoding.events).as("seed %d", seed).hasSize(before + 1);
    return true;
  }

  @Test
  void mergesEquitiesAsTheSlowWayDoes() {
    String[] keys = {"ABC", "DEF", "BRK/B"};
    Slow[] slow = {new Slow(), new Slow(), new Slow()};
    for (int i = 0; i < ITEMS; i++) {
      int which = random.nextInt(keys.length);
      if (next(LEVELONE_EQUITIES, keys[which], EQUITY_FIELDS, slow[which])) {
        LevelOneEquity image = decoding.last(EquityUpdate.class).image();
        for (int field : EQUITY_FIELDS) {
          check(field, slow[which], image.state(field), value(image, field));
        }
      }
      decoding.events.clear();
    }
  }

  @Test
  void mergesOptionsAsTheSlowWayDoes() {
    String[] keys = {"ABC   260320C00050000", "ABC   260320P00050000"};
    Slow[] slow = {new Slow(), new Slow()};
    for (int i = 0; i < ITEMS; i++) {
      int which = random.nextInt(keys.length);
      if (next(LEVELONE_OPTIONS, keys[which], OPTION_FIELDS, slow[which])) {
        LevelOneFields image = decoding.last(OptionUpdate.class).image().fields();
        for (int field : OPTION_FIELDS) {
          check(field, slow[which], image.state(field), image.decimal(field));
        }
      }
      decoding.events.clear();
    }
  }

  private void check(int field, Slow slow, FieldState state, @Nullable BigDecimal value) {
    Map<Integer, @Nullable String> merged = slow.fields;
    if (merged == null || !merged.containsKey(field)) {
      assertThat(state).as("seed %d field %d", seed, field).isEqualTo(FieldState.ABSENT);
      assertThat(value).isNull();
      return;
    }
    String expected = merged.get(field);
    if (expected == null) {
      assertThat(state).as("seed %d field %d", seed, field).isEqualTo(FieldState.NULL);
      assertThat(value).isNull();
    } else {
      assertThat(state).as("seed %d field %d", seed, field).isEqualTo(FieldState.VALUE);
      assertThat(value).as("seed %d field %d", seed, field).isEqualByComparingTo(expected);
    }
  }

  private static @Nullable BigDecimal value(LevelOneEquity image, int field) {
    return switch (field) {
      case 1 -> decimal(image.bid());
      case 2 -> decimal(image.ask());
      case 3 -> decimal(image.last());
      case 10 -> decimal(image.dayHigh());
      case 11 -> decimal(image.dayLow());
      case 12 -> decimal(image.previousClose());
      case 17 -> decimal(image.dayOpen());
      case 18, 33 -> image.others().decimal(field);
      default -> throw new IllegalArgumentException("field " + field);
    };
  }

  private static @Nullable BigDecimal decimal(@Nullable Price price) {
    return price == null ? null : price.toBigDecimal();
  }
}
