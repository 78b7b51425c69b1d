/**
 * Files served without the app: safe resolution below a folder, conditional and range requests (RFC
 * 9110, 13 and 14), compressed forms. Each event loop has its own {@link
 * dev.undercloud.edge.file.FileResponder}.
 */
@NullMarked
package dev.undercloud.edge.file;

import org.jspecify.annotations.NullMarked;
