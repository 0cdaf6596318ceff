/** The bundler turns an import of a style sheet into a file of its own. */
declare module '*.css';
