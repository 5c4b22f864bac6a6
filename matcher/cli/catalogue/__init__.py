"""Commands that fill, inspect, correct and export the catalogue of suppliers: `import`, `fetch`, `catalogue`, `export`…"""
