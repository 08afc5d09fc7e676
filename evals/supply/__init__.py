"""What Headway is made of: hashed lock, licences, SBOM, known vulnerabilities, secrets."""
