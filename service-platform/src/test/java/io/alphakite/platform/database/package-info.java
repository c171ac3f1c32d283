@NullMarked
package io.alphakite.platform.database;

import org.jspecify.annotations.NullMarked;
