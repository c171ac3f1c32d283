package io.alphakite.streaming.retention;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes a month of a table to {@code DIRECTORY/table/table-YYYY-MM.csv.gz} with a manifest beside
 * it, and reads the file back before it counts as written. Prices come in the form that the
 * simulator replays.
 */
final class MonthExport {

  /**
   * What was written.
   *
   * @param sha256 of the file as it lies there, in hex
   */
  record Result(Path file, long rows, String sha256) {}

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** The pool's limit on an answer is for small questions. */
  private static final int HOURS_2_MILLIS = 7_200_000;

  private static final int BUFFER = 1 << 16;

  private final DataSource database;
  private final Path directory;

  MonthExport(DataSource database, Path directory) {
    this.database = database;
    this.directory = directory;
  }

  /**
   * Writes, reads back, and only then puts file and manifest in place.
   *
   * @throws IOException when the file is not what was read from the table
   */
  Result export(Partition partition) throws SQLException, IOException {
    Path folder = Files.createDirectories(directory.resolve(partition.table()));
    String name = partition.table() + "-" + partition.month();
    Path file = folder.resolve(name + ".csv.gz");
    Path part = folder.resolve(name + ".csv.gz.part");
    List<String> columns;
    long rows;
    try (Connection connection = database.getConnection()) {
      connection.setNetworkTimeout(Runnable::run, HOURS_2_MILLIS);
      columns = columns(connection, partition.table());
      try (OutputStream out =
          new GZIPOutputStream(
              new BufferedOutputStream(Files.newOutputStream(part), BUFFER), BUFFER)) {
        rows =
            connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut(copy(partition, columns), out);
      }
    }
    force(part);
    Result read = readBack(part);
    if (read.rows() != rows) {
      throw new IOException(
          part + " holds " + read.rows() + " rows where the table gave " + rows + ": not dropped");
    }
    Path manifest = folder.resolve(name + ".json");
    Path manifestPart = folder.resolve(name + ".json.part");
    Files.writeString(
        manifestPart,
        JSON.writerWithDefaultPrettyPrinter()
                .writeValueAsString(
                    JSON.createObjectNode()
                        .put("table", partition.table())
                        .put("month", partition.month().toString())
                        .put("file", String.valueOf(file.getFileName()))
                        .put("columns", String.join(",", columns))
                        .put("rows", rows)
                        .put("bytes", Files.size(part))
                        .put("sha256", read.sha256()))
            + "\n");
    force(manifestPart);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Files.move(
        manifestPart,
        manifest,
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    force(folder);
    return new Result(file, rows, read.sha256());
  }

  private static String copy(Partition partition, List<String> columns) {
    List<String> selected =
        columns.stream()
            .map(
                column ->
                    switch (column) {
                      case "timestamp" ->
                          "to_char(timestamp AT TIME ZONE 'UTC',"
                              + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS timestamp";
                      case "size" -> "volume AS size";
                      default -> '"' + column + '"';
                    })
            .toList();
    return "COPY (SELECT %s FROM %s p WHERE p.timestamp >= '%s' AND p.timestamp < '%s' ORDER BY p.ticker, p.timestamp) TO STDOUT (FORMAT csv, HEADER)"
        .formatted(
            String.join(", ", selected), partition.table(), partition.start(), partition.end());
  }

  /** All but the row's number; the volume of a second is what the simulator calls a size. */
  private static List<String> columns(Connection connection, String table) throws SQLException {
    List<String> columns = new ArrayList<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            """
            SELECT attname FROM pg_attribute
            WHERE attrelid = ?::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'id'
            ORDER BY attnum
            """)) {
      query.setString(1, "public." + table);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          String column = row.getString(1);
          columns.add(table.equals("equity_data") && column.equals("volume") ? "size" : column);
        }
      }
    }
    return columns;
  }

  /** No cell holds a line break, so lines are rows. */
  private static Result readBack(Path file) throws IOException {
    MessageDigest sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    long lines = 0;
    try (InputStream raw = new DigestInputStream(Files.newInputStream(file), sha256);
        InputStream in = new GZIPInputStream(raw, BUFFER)) {
      byte[] block = new byte[BUFFER];
      int read = in.read(block);
      while (read >= 0) {
        for (int i = 0; i < read; i++) {
          lines += block[i] == '\n' ? 1 : 0;
        }
        read = in.read(block);
      }
      // What follows the compressed stream, if anything, belongs to the file's sum too.
      raw.transferTo(OutputStream.nullOutputStream());
    }
    return new Result(file, lines - 1, HexFormat.of().formatHex(sha256.digest()));
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
