package io.alphakite.streaming.recording;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The row through which {@code ./kite record} and the service speak. */
public final class RecordingTable implements FrameRecorder.Control {
  private final DataSource database;
  private final String directory;

  /**
   * Over this database.
   *
   * @param directory where the service writes, for a person
   */
  public RecordingTable(DataSource database, String directory) {
    this.database = database;
    this.directory = directory;
  }

  @Override
  public @Nullable Boolean wanted() {
    try (Connection connection = database.getConnection();
        PreparedStatement query =
            connection.prepareStatement("SELECT wanted FROM streaming.recording");
        ResultSet row = query.executeQuery()) {
      return row.next() ? row.getObject(1, Boolean.class) : null;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void report(FrameRecorder.Status status) {
    try (Connection connection = database.getConnection();
        PreparedStatement update =
            connection.prepareStatement(
                """
                UPDATE streaming.recording
                SET active = ?, directory = ?, frames = ?, bytes = ?, missed = ?, problem = ?, reported_at = now()
                """)) {
      update.setBoolean(1, status.active());
      update.setString(2, directory);
      update.setLong(3, status.frames());
      update.setLong(4, status.bytes());
      update.setLong(5, status.missed());
      update.setString(6, status.problem());
      update.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
