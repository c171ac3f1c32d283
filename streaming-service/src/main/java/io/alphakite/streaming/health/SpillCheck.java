package io.alphakite.streaming.health;

import io.alphakite.platform.health.CheckResult;
import io.alphakite.platform.health.HealthCheck;
import io.alphakite.platform.health.Status;
import io.alphakite.streaming.store.FlushStatus;
import io.alphakite.streaming.store.SpillStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Whether rows wait on disk, whether more of them could, and what could not be written at all. */
public final class SpillCheck implements HealthCheck {
  private final Supplier<SpillStatus> spill;
  private final Supplier<FlushStatus> flushes;

  /** Looks here. */
  public SpillCheck(Supplier<SpillStatus> spill, Supplier<FlushStatus> flushes) {
    this.spill = spill;
    this.flushes = flushes;
  }

  @Override
  public String name() {
    return "spill";
  }

  @Override
  public CheckResult check() {
    SpillStatus now = spill.get();
    Map<String, Object> details = new LinkedHashMap<>();
    Status status = Status.UP;
    if (now.problem() != null && now.segments() + waits() > 0) {
      status = Status.DOWN;
      details.put("note", "nothing more can be kept on disk: " + now.problem());
    } else if (now.segments() > 0) {
      status = Status.DEGRADED;
      details.put(
          "note",
          waits() > 0
              ? "the database is away: rows wait on disk"
              : "rows that waited on disk are being written");
    } else if (now.refused() > 0) {
      status = Status.DEGRADED;
      details.put("note", "the database refused single items: see streaming.refused_writes");
    } else if (now.damagedBytes() > 0) {
      status = Status.DEGRADED;
      details.put("note", "files of an earlier run could not be read in full");
    } else if (now.unexpected() > 0) {
      status = Status.DEGRADED;
      details.put("note", "the writing of rows has met unexpected errors: see the log");
    }
    details.put("bytes", now.bytes());
    details.put("max_bytes", now.maxBytes());
    details.put("segments", now.segments());
    details.put("spilled", now.spilled());
    details.put("drained", now.drained());
    details.put("dropped_quotes", now.droppedQuotes());
    details.put("torn_bytes", now.tornBytes());
    details.put("damaged_bytes", now.damagedBytes());
    details.put("refused", now.refused());
    details.put("unexpected_errors", now.unexpected());
    return new CheckResult(status, details);
  }

  private int waits() {
    return flushes.get().failing() == null ? 0 : 1;
  }
}
