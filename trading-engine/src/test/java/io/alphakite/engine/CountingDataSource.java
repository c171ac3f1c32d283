package io.alphakite.engine;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Writes down which statements and commits go to the database. */
public final class CountingDataSource extends DelegatingDataSource {

  private final List<String> statements = Collections.synchronizedList(new ArrayList<>());

  public CountingDataSource(DataSource target) {
    super(target);
  }

  /** The statements since the last call, in order; a commit as COMMIT. */
  public List<String> take() {
    synchronized (statements) {
      List<String> taken = List.copyOf(statements);
      statements.clear();
      return taken;
    }
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = super.getConnection();
    return proxy(
        Connection.class,
        connection,
        (method, arguments, result) -> {
          if (method.getName().equals("commit")) {
            statements.add("COMMIT");
          }
          return result instanceof PreparedStatement statement && arguments != null
              ? counted(statement, String.valueOf(arguments[0]))
              : result;
        });
  }

  private PreparedStatement counted(PreparedStatement statement, String sql) {
    return proxy(
        PreparedStatement.class,
        statement,
        (method, arguments, result) -> {
          if (method.getName().startsWith("execute")) {
            statements.add(sql);
          }
          return result;
        });
  }

  private interface After {
    Object result(Method method, Object[] arguments, Object result);
  }

  private static <T> T proxy(Class<T> type, T target, After after) {
    return type.cast(
        Proxy.newProxyInstance(
            CountingDataSource.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              try {
                return after.result(method, arguments, method.invoke(target, arguments));
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
