package io.alphakite.engine.halt;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.engine.halt.HaltBooks.Change;
import io.alphakite.engine.halt.HaltBooks.Part;
import io.alphakite.engine.halt.HaltBooks.Standing;
import io.alphakite.engine.halt.HaltFile.Look;
import io.alphakite.engine.halt.HaltWatch.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HaltFileTest {

  private static final Instant AT = Instant.parse("2026-01-05T15:00:00Z");

  private final Path path;
  private final HaltFile file;

  HaltFileTest(@TempDir Path folder) {
    path = folder.resolve("halt");
    file = new HaltFile(path);
  }

  @Test
  void r43_anyFileHalts() throws IOException {
    assertThat(file.halted()).isNull();
    Files.createFile(path);
    Files.setLastModifiedTime(path, FileTime.from(AT));
    assertThat(file.halted()).isEqualTo("halted by somebody at 2026-01-05T15:00:00Z");
    Files.delete(path);
    Files.createSymbolicLink(path, Path.of("nowhere"));
    assertThat(file.halted()).isNotNull();
  }

  @Test
  void r43_tellsWhoAndWhyForTheOwnerAlone() throws IOException {
    file.write(AT, "Ann", "strange\nprices", null);
    assertThat(file.halted()).startsWith("halted by Ann at 20").endsWith(": strange prices");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
    assertThat(path.getParent()).isDirectoryContaining(found -> found.equals(path));
    file.write(AT, "Bob", "", null);
    assertThat(file.halted()).contains("Bob").doesNotContain("Ann");
  }

  @Test
  void r43_whatCannotBeToldHalts() throws IOException {
    Path folder = path.resolveSibling("gone");
    HaltFile lost = new HaltFile(folder.resolve("halt"));
    assertThat(lost.halted()).contains("is not there");
    lost.prepare();
    assertThat(lost.halted()).isNull();
    Files.delete(folder);
    Files.createFile(folder);
    assertThat(lost.look()).isInstanceOf(Look.Unreadable.class);
  }

  @Test
  void r43_haltOfAKillLetsItsClosingOrdersPass() throws IOException {
    file.write(AT, "the kill switch", "", 7L);
    assertThat(file.halted(false)).contains("the kill switch");
    assertThat(file.halted(true)).isNull();
    file.write(AT, "Ann", "", null);
    assertThat(file.halted(true)).isNotNull();
  }

  @Test
  void r43_takesAwayTheHaltItMeansAndNoNewerOne() throws IOException {
    file.write(AT, "Ann", "", null);
    String first = seen().id();
    file.write(AT, "Bob", "", null);
    Files.setLastModifiedTime(path, FileTime.from(AT));
    assertThat(file.clear(first)).isFalse();
    assertThat(file.halted()).contains("Bob");
    assertThat(file.clear(seen().id())).isTrue();
    assertThat(file.halted()).isNull();
  }

  @Test
  void r43_eitherHaltsAndOnlyAPersonEndsIt() {
    Look none = new Look.Clear();
    Look file = new Look.Halted(new Halt("1", AT, "Ann", "", null));
    Look ofKill = new Look.Halted(new Halt("2", AT, "the kill switch", "", 7L));
    Look unreadable = new Look.Unreadable("no folder");

    assertThat(plan(none, active(null, null))).isEqualTo(Plan.REST);
    assertThat(plan(none, halted(null, null))).isEqualTo(Plan.WRITE);
    assertThat(plan(none, halted("1", null))).isEqualTo(Plan.FORGET);
    assertThat(plan(file, active(null, null))).isEqualTo(Plan.HALT);
    assertThat(plan(file, halted(null, null))).isEqualTo(Plan.HALT);
    assertThat(plan(file, halted("1", null))).isEqualTo(Plan.REST);
    // Set to active by somebody who was not shown this halt.
    assertThat(plan(file, active("1", null))).isEqualTo(Plan.SHOW);
    assertThat(plan(file, active("1", "0"))).isEqualTo(Plan.SHOW);
    assertThat(plan(file, active("1", "1"))).isEqualTo(Plan.REMOVE);
    assertThat(plan(ofKill, halted(null, null))).isEqualTo(Plan.SHOW);
    assertThat(plan(ofKill, halted("2", null))).isEqualTo(Plan.REST);
    assertThat(plan(unreadable, active(null, null))).isEqualTo(Plan.SHOW);
    assertThat(plan(unreadable, active("unreadable", "unreadable"))).isEqualTo(Plan.SHOW);
    assertThat(plan(unreadable, halted("unreadable", null))).isEqualTo(Plan.REST);
  }

  @Test
  void r43_ofSeveralEnginesOnlyTheOneThatTradesWrites() {
    Look none = new Look.Clear();
    Look file = new Look.Halted(new Halt("1", AT, "Ann", "", null));
    for (Look look : List.of(none, file)) {
      for (Standing known : List.of(active(null, "1"), halted(null, null), halted("9", null))) {
        assertThat(plan(look, as(Part.OTHER, known))).isEqualTo(Plan.REST);
      }
    }
    // While nobody trades, one file is enough: another engine's does not take its place.
    assertThat(plan(file, as(Part.ALONE, active(null, null)))).isEqualTo(Plan.HALT);
    assertThat(plan(file, as(Part.ALONE, halted(null, null)))).isEqualTo(Plan.HALT);
    assertThat(plan(file, as(Part.ALONE, halted("9", null)))).isEqualTo(Plan.REST);
    assertThat(plan(none, as(Part.ALONE, halted("9", null)))).isEqualTo(Plan.REST);
    assertThat(plan(none, as(Part.ALONE, active("9", null)))).isEqualTo(Plan.REST);
    assertThat(plan(file, as(Part.ALONE, active("1", "1")))).isEqualTo(Plan.REMOVE);
  }

  @Test
  void r43_haltsWhereWhoAndWhyCannotBeWritten() throws IOException {
    // Its name is as long as one may be: the file that tells cannot be made beside it.
    Path longest = path.resolveSibling("h".repeat(255));
    HaltFile full = new HaltFile(longest);
    assertThat(full.write(AT, "Ann", "prices", null)).contains("too long");
    assertThat(full.halted()).startsWith("halted by somebody");
    assertThat(file.write(AT, "Ann", "prices", null)).isNull();
  }

  @Test
  void r43_aKillLeavesAPersonsFileAsItIs() throws IOException {
    file.write(AT, "Ann", "prices", null);
    file.write(AT, "the kill switch", "", 7L);
    assertThat(file.halted(true)).contains("Ann");
  }

  @Test
  void r43_staysHaltedWhenItsFileCannotBeTakenAway() throws IOException {
    Files.createDirectories(path.resolve("what a file cannot hold"));
    String id = seen().id();
    Books books = new Books(active(id, id));
    HaltWatch watch = new HaltWatch(file, books, InstantSource.fixed(AT));

    watch.round(null);
    assertThat(books.change).isInstanceOf(Change.Halted.class);

    Files.delete(path.resolve("what a file cannot hold"));
    Files.setLastModifiedTime(path, FileTime.from(Instant.parse(id)));
    watch.round(null);
    assertThat(books.change).isInstanceOf(Change.Gone.class);
    assertThat(path).doesNotExist();
  }

  private static final class Books implements HaltBooks {
    private final Standing standing;
    private @Nullable Change change;

    Books(Standing standing) {
      this.standing = standing;
    }

    @Override
    public Standing standing(@Nullable Holder holder) {
      return standing;
    }

    @Override
    public void settle(@Nullable Holder holder, Function<Standing, Change> decide) {
      change = decide.apply(standing);
    }
  }

  private Halt seen() {
    if (file.look() instanceof Look.Halted(Halt halt)) {
      return halt;
    }
    throw new AssertionError("no file");
  }

  private static Plan plan(Look look, Standing known) {
    return HaltWatch.plan(look, known);
  }

  private static Standing active(@Nullable String shown, @Nullable String cleared) {
    return new Standing(Part.TRADER, false, shown, cleared, 7, null);
  }

  private static Standing halted(@Nullable String shown, @Nullable String cleared) {
    return new Standing(Part.TRADER, true, shown, cleared, 7, "kill switch");
  }

  private static Standing as(Part part, Standing known) {
    return new Standing(
        part, known.halted(), known.shown(), known.cleared(), known.kill(), known.reason());
  }
}
