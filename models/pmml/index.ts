// PMML documents, compiled to plain data and evaluated.
// Rooms from top to bottom: mining, elements, trees, contract, expressions, document.
// Not here: other formats.
export { formatLoader as pmmlLoader } from './pmml-loader.ts'
